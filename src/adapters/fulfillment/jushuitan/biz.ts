import { LosslessNumber, stringify } from 'lossless-json';
import { RejectedError } from '../../../domain/errors.ts';

/** Whether the text can be one of the ERP's own numbers. */
export const isNumber = (text: string): boolean => /^[1-9]\d{0,18}$/.test(text);

/** An id of ours (text) as the JSON number that the ERP wants, with all its digits. */
export function asNumber(id: string): LosslessNumber {
  if (isNumber(id)) return new LosslessNumber(id);
  throw new RejectedError(`Jushuitan: an id has to be a number, this one has ${id.length} characters`, {
    code: 'BAD_ID',
  });
}

export const toBiz = (value: unknown): string => stringify(value) ?? '';

/** Codes that refuse the caller and not what was asked: signature, token, address, right. */
export const isForbidden = (code: string): boolean =>
  ['JST_10', 'JST_100', 'JST_110', 'JST_150', 'JST_190'].includes(code);
