import { describe, expect, it } from 'vitest';
import type { Flag } from '../../../src/ports/channel.ts';
import { credentials, type Json, mockShop, open, readOne, signal } from './shopify-kit.ts';

const shop = mockShop();
const now = (note: string | null, tags: readonly string[] = []): Json => ({ data: { order: { note, tags } } });
const done = (step: string, note: string | null, tags: readonly string[] = []): Json => ({
  data: { [step]: { order: { note, tags }, userErrors: [] } },
});

const add = (text: string, flag?: Flag, orderNo = '6000004012345') => {
  const { addRemark } = open();
  if (addRemark === null) throw new Error('the channel takes no remarks');
  return addRemark(orderNo, { text, flag }, signal);
};

describe('a remark', () => {
  it('[P4] is appended to what people wrote, on a line of its own', async () => {
    const asked = shop.answer(
      now('Please ring twice\n'),
      done('note', 'Please ring twice\n[war room] do not send yet', ['vip']),
    );

    const outcome = await add('do not\nsend  yet');

    expect(asked[1]?.variables).toEqual({
      id: 'gid://shopify/Order/6000004012345',
      input: { id: 'gid://shopify/Order/6000004012345', note: 'Please ring twice\n[war room] do not send yet' },
      add: [],
      remove: [],
      noting: true,
      adding: false,
      removing: false,
    });
    expect(outcome).toEqual({
      kind: 'done',
      value: { remark: 'Please ring twice\n[war room] do not send yet', flag: 'vip' },
    });
  });

  it('[P4] sets one tag of ours and takes the others away; other people’s stay', async () => {
    const asked = shop.answer(now(null, ['VIP', 'War-Room-Attention']), {
      data: {
        removed: { order: { note: null, tags: ['VIP'] }, userErrors: [] },
        added: { order: { note: null, tags: ['VIP', 'war-room-risk'] }, userErrors: [] },
      },
    });

    const outcome = await add('', 'risk');

    expect(asked[1]?.variables).toMatchObject({
      add: ['war-room-risk'],
      remove: ['war-room-attention'],
      noting: false,
      adding: true,
      removing: true,
    });
    expect(outcome).toEqual({ kind: 'done', value: { remark: '', flag: 'VIP, war-room-risk' } });
  });

  it('[P4] that is there already is not written again', async () => {
    const asked = shop.answer(now('[war room] do not send yet', ['war-room-risk']));

    const outcome = await add('do not send yet', 'risk');

    expect(asked).toHaveLength(1);
    expect(outcome).toEqual({
      kind: 'already',
      value: { remark: '[war room] do not send yet', flag: 'war-room-risk' },
    });
  });

  it('[G2] of ours is not taken for the buyer’s words when the order is read again', async () => {
    const { view } = await readOne(shop, { note: 'Please ring twice\n[war room] urge the warehouse' });

    expect(view.buyerNote).toBe('Please ring twice');
    expect(view.remark).toContain('urge the warehouse');
  });

  it('[P4] is refused for an order that the shop does not know, or that is none of its numbers', async () => {
    shop.answer({ data: { order: null } });

    expect(await add('x')).toEqual({ kind: 'refused', code: 'not_found' });
    expect(await add('x', undefined, '#1043')).toEqual({ kind: 'refused', code: 'not_found' });
  });

  it('[P4] is refused when the note has no room for it', async () => {
    shop.answer(now('n'.repeat(4_995)));

    expect(await add('do not send yet')).toEqual({ kind: 'refused', code: 'limit' });
  });

  it('[P4] that the shop refuses in an answer without errors is refused', async () => {
    shop.answer(now(null), { data: { note: { order: null, userErrors: [{ field: ['note'], message: 'too long' }] } } });

    expect(await add('x')).toMatchObject({ kind: 'refused', code: 'invalid' });
  });

  it.each([
    [
      { errors: [{ message: 'x', path: ['note'], extensions: { code: 'ACCESS_DENIED' } }], data: { note: null } },
      'forbidden',
    ],
    [{ status: 403 }, 'forbidden'],
    [{ errors: [{ message: 'x', extensions: { code: 'BAD_REQUEST' } }] }, 'other'],
  ])('[B3] that the app may not write is refused: %j', async (answer, code) => {
    shop.answer(now(null), answer);

    const outcome = await add('x');

    expect(outcome).toMatchObject({ kind: 'refused', code });
    expect(JSON.stringify(outcome)).not.toContain(credentials.accessToken);
  });

  it('[B3] of which only the tag may not be set is refused, too', async () => {
    shop.answer(now(null), {
      errors: [{ message: 'x', path: ['added'], extensions: { code: 'ACCESS_DENIED' } }],
      data: { note: { order: { note: '[war room] x', tags: [] }, userErrors: [] }, added: null },
    });

    expect(await add('x', 'risk')).toMatchObject({ kind: 'refused', code: 'forbidden' });
  });

  it.each([
    [{ status: 502 }, { kind: 'unknown' }],
    [{ errors: [{ message: 'x', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }, { kind: 'unknown' }],
    [{ data: null }, { kind: 'unknown' }],
    [
      { errors: [{ message: 'x', extensions: { code: 'THROTTLED' } }] },
      { kind: 'retryable', afterMs: 2_000, providerCode: 'THROTTLED' },
    ],
  ])('[P4] whose writing was answered %j is %j', async (answer, outcome) => {
    shop.answer(now(null), answer);

    expect(await add('x')).toEqual(outcome);
  });

  it('[P4] whose reading failed was not written', async () => {
    shop.answer({ status: 502 });

    expect(await add('x')).toMatchObject({ kind: 'retryable' });
  });
});
