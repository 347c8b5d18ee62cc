/**
 * Tokens → a value, by an explicit stack: input decides how deep it goes.
 */
import type { Findings } from './findings.js';
import { isDigit } from './number.js';
import { jsonObject, type Json, type JsonObject } from './value.js';

/** The largest index that an object may have. */
const LAST_INDEX = '4294967294';

/**
 * Makes an object keep its indexes in a table, which it does for ever once it has had this index. Otherwise
 * `{"1022":0}` is given space for 1500 elements.
 */
function keepSparse(object: JsonObject): void {
  if (object[LAST_INDEX] !== undefined) return;
  object[LAST_INDEX] = null;
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- only the name of an index does this
  delete object[LAST_INDEX];
}

/**
 * Builds one value. Each method takes one token and returns whether the grammar allows it; a token that it does not
 * allow changes nothing. The caller knows by the brackets when the value is complete.
 */
export class Builder {
  readonly #findings: Findings;
  /** The open containers but the innermost, which is `#list` or `#object`. */
  readonly #stack: (Json[] | JsonObject)[] = [];
  #list: Json[] | undefined;
  #object: JsonObject | undefined;
  /** The name of the member whose value is due. */
  #name = '';
  #root: Json = null;
  #expected: 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'separator' = 'value';

  /** @param findings is told of repeated member names */
  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Whether a string would be a member name now. */
  get nameDue(): boolean {
    return this.#expected === 'name' || this.#expected === 'name or }';
  }

  /** What could come next, for people. */
  get expected(): string {
    switch (this.#expected) {
      case 'value':
        return 'a value';
      case 'value or ]':
        return 'a value or ]';
      case 'name':
        return 'a member name in quotes';
      case 'name or }':
        return 'a member name in quotes or }';
      case 'colon':
        return 'a colon';
      case 'separator':
        return `a comma or ${this.#list === undefined ? '}' : ']'}`;
    }
  }

  /** Hands over the value, and starts anew. */
  take(): Json {
    const root = this.#root;
    if (this.#stack.length > 0) this.#stack.length = 0;
    this.#list = this.#object = undefined;
    this.#root = null;
    this.#expected = 'value';
    return root;
  }

  openObject(): boolean {
    const object = jsonObject();
    const outer = this.#list ?? this.#object;
    if (!this.value(object)) return false;
    if (outer !== undefined) this.#stack.push(outer);
    this.#list = undefined;
    this.#object = object;
    this.#expected = 'name or }';
    return true;
  }

  openArray(): boolean {
    const list: Json[] = [];
    const outer = this.#list ?? this.#object;
    if (!this.value(list)) return false;
    if (outer !== undefined) this.#stack.push(outer);
    this.#list = list;
    this.#object = undefined;
    this.#expected = 'value or ]';
    return true;
  }

  closeObject(): boolean {
    if (this.#expected !== 'name or }' && (this.#expected !== 'separator' || this.#object === undefined)) {
      return false;
    }
    this.#close();
    return true;
  }

  closeArray(): boolean {
    if (this.#expected !== 'value or ]' && (this.#expected !== 'separator' || this.#list === undefined)) {
      return false;
    }
    this.#close();
    return true;
  }

  comma(): boolean {
    if (this.#expected !== 'separator') return false;
    this.#expected = this.#list === undefined ? 'name' : 'value';
    return true;
  }

  colon(): boolean {
    if (this.#expected !== 'colon') return false;
    this.#expected = 'value';
    return true;
  }

  /** A string: a member name where one is due, else a value. */
  string(text: string, offset: number): boolean {
    if (!this.nameDue) return this.value(text);
    // Nothing is inherited and nothing is undefined, so this is an own member.
    if (isDigit(text.charCodeAt(0)) && this.#object !== undefined) keepSparse(this.#object);
    if (this.#object?.[text] !== undefined) this.#findings.addViolation('duplicate-name', offset, text);
    this.#name = text;
    this.#expected = 'colon';
    return true;
  }

  /** Any other value; a container is added when it opens. */
  value(value: Json): boolean {
    if (this.#expected !== 'value' && this.#expected !== 'value or ]') return false;
    if (this.#list !== undefined) this.#list.push(value);
    else if (this.#object !== undefined) this.#object[this.#name] = value;
    else this.#root = value;
    this.#expected = 'separator';
    return true;
  }

  #close(): void {
    const outer = this.#stack.pop();
    if (Array.isArray(outer)) {
      this.#list = outer;
      this.#object = undefined;
    } else {
      this.#list = undefined;
      this.#object = outer;
    }
    this.#expected = 'separator';
  }
}
