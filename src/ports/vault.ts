/** Seals what is personal. Every value carries the id of the key it was sealed with. */
export interface Vault {
  seal(plain: string): string;
  /** Throws RejectedError when the value was changed or the key is gone. Each opening is audited by the caller. */
  open(sealed: string): string;
}
