/** A mainland mobile number that stands alone, with or without country code, spaces and dashes; also in full-width digits. */
const mobile = /(?<![\d０-９])(?:(?:\+|00)?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)/g;

/** People write their number into notes and messages: it stays readable for nobody ("138****8000"), the rest as it is. */
export function hidePhones(text: string): string {
  const plain = /[０-９]/.test(text) ? text.normalize('NFKC') : text;
  return plain.replace(mobile, (found) => {
    const digits = found.replace(/\D/g, '').slice(-11);
    return `${digits.slice(0, 3)}****${digits.slice(-4)}`;
  });
}
