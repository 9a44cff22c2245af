/** A mainland mobile number that stands alone, with or without its country code. */
const mobile = /(?<![\d０-９])(?:(?:\+|00)?86[-\s]?)?\(?1[3-9]\d(?:[-.‐)]+\d{4}[-.‐]?\d{4}|\d{8})(?!\d)/g;
/** The same as people space it, in a note: in a command such groups are numbers of their own. */
const spaced = /(?<![\d０-９])(?:(?:\+|00)?86[-\s]*)?\(?1[3-9]\d\)?[\s.\-‐]*\d{4}[\s.\-‐]*\d{4}(?!\d)/g;
const abroad = /\+\d[\d\s().‐-]{6,18}\d(?!\d)/g;

const masked = (found: string): string => {
  const digits = found.replace(/\D/g, '');
  const own = found.startsWith('+') && !digits.startsWith('86') ? digits : digits.slice(-11);
  return `${own.slice(0, 3)}****${own.slice(-4)}`;
};

const plain = (text: string): string => (/[０-９]/.test(text) ? text.normalize('NFKC') : text);

/** People write their number into messages: it stays readable for nobody ("138****8000"), the rest as it is. */
export const hidePhones = (text: string): string => plain(text).replace(mobile, masked).replace(abroad, masked);

/** The same in notes, where digits in groups are nothing else. */
export const hidePhonesInNote = (text: string): string => plain(text).replace(spaced, masked).replace(abroad, masked);
