/**
 * Conditions (`if`): under which symbols an element of the schema exists in a binary.
 */
export type Condition =
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** A C preprocessor expression of the older dialect that is not made of symbols alone; nobody can say if it holds. */
  | { readonly kind: 'opaque'; readonly text: string };
