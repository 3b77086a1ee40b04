/** The three technical errors, told apart by class, so that each edge knows what to answer. */

/** The sender is wrong: 400, or parked with the reason. `fields` name what is wrong and the remedy. */
export class Invalid extends Error {
  readonly fields: readonly { readonly field: string; readonly message: string }[];
  constructor(message: string, fields: Invalid['fields'] = []) {
    super(message);
    this.name = 'Invalid';
    this.fields = fields;
  }
}

/** A race was lost: read again, decide again. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** The other side is down or slow: later. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
