import { z } from 'zod';

/** `gid://shopify/Order/123` → `123`. */
export const Gid = z
  .string()
  .regex(/^gid:\/\/shopify\/\w+\/\d+$/, 'no global id')
  .transform((gid) => gid.slice(gid.lastIndexOf('/') + 1));

/** Whether the text can be one of the shop's numbers. */
export const isNumber = (text: string): boolean => /^\d{1,20}$/.test(text);

export const gid = (type: string, no: string): string => `gid://shopify/${type}/${no}`;
