/** Words, separated by white space: how tables write lists of names. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
