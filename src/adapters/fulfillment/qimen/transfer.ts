import type { Outcome } from '../../../domain/outcome.ts';
import type { Replenishment, ReplenishmentDoc } from '../../../ports/fulfillment.ts';
import { outcomeOf, refusedBy } from '../refusal.ts';
import { isForbidden, type Send } from './client.ts';
import { textOf } from './xml.ts';

/** Asks for goods out of another warehouse. Our key is the document's number, by which a repeat is known. */
export async function requestTransfer(
  send: Send,
  { operationKey, lines, to }: Replenishment,
  from: string,
  signal: AbortSignal,
): Promise<Outcome<ReplenishmentDoc>> {
  const transferItem = lines.map(({ sku, qty }) => ({ scItemCode: sku, count: String(qty), inventoryType: 'ZP' }));
  const request = { erpOrderCode: operationKey, fromStoreCode: from, toStoreCode: to, transferItems: { transferItem } };
  try {
    const { isOk, code, words, body } = await send({ method: 'transferorder.create', request, write: true }, signal);
    if (!isOk) return refusedBy(code, words);
    const docNo = textOf('transferOrderCode', body);
    return { kind: 'done', value: { docNo: docNo === '' ? operationKey : docNo, stage: 'submitted' } };
  } catch (error) {
    return outcomeOf(error, isForbidden);
  }
}
