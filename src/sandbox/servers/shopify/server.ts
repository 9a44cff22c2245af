import { type ExecutionResult, execute } from 'graphql';
import { shopCredentials } from '../../world/company.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call, Context, Server } from '../exchange.ts';
import { sameText } from '../same-text.ts';
import { type Asked, readAsked } from './asked.ts';
import { type Bucket, createBucket, DEAREST, requestedCost } from './cost.ts';
import { createRoot, type Notes } from './resolvers.ts';
import { schema } from './schema.ts';
import { deliverWebhooks } from './webhooks.ts';

const VERSION = '2026-10';

/** The company's Shopify shop. */
export function createShopify(): Server {
  const bucket = createBucket();
  return {
    name: 'us',
    prefix: '/us',
    routes: [
      {
        method: 'POST',
        path: '/admin/api/:version/graphql.json',
        sheet: 'channels.md §4',
        // It answers nearly nothing but reads; a source that falls silent has to be silent here, too.
        kind: 'read',
        interfaceOf,
        answer: (context, call) => answer(context, call, bucket),
      },
    ],
    guard,
    afterTime: ({ world }) => deliverWebhooks(world),
    notFound: () => ({ status: 404, body: { errors: 'Not Found' }, outcome: 'not_found' }),
  };
}

const erpInterface = /\b(fulfillmentOrder(?:Move|Hold|ReleaseHold)|inventory(?:Items|MoveQuantities|TransferCreate))\(/;

/** What is asked of the shop as a warehouse system has a name of its own. */
function interfaceOf({ body }: Call): { name: string; kind: 'read' | 'write' } | undefined {
  const text = body.toString('utf8');
  const name = erpInterface.exec(text)?.[1] ?? (/ on FulfillmentOrder\b/.test(text) ? 'fulfillmentOrders' : undefined);
  return name === undefined ? undefined : { name, kind: text.includes('mutation ') ? 'write' : 'read' };
}

function guard(_world: World, call: Call): Answer | undefined {
  if (call.fault?.kind === 'wrong-ip') return { status: 403, body: { errors: 'Forbidden' }, outcome: 'forbidden' };
  const token = String(call.headers['x-shopify-access-token'] ?? '');
  if (call.fault?.kind !== 'expire-token' && sameText(token, shopCredentials.us.accessToken)) return undefined;
  const errors = '[API] Invalid API key or access token (unrecognized login or wrong password)';
  return { status: 401, body: { errors }, outcome: 'unauthorized' };
}

function answer({ world }: Context, call: Call, bucket: Bucket): Answer {
  const asked = readAsked(call.body);
  if (asked === undefined)
    return {
      status: 400,
      body: { errors: { query: 'Required parameter missing or invalid' } },
      outcome: 'bad_request',
    };
  if (!('document' in asked)) return told({ errors: asked }, 'invalid');
  const requested = requestedCost(asked);
  if (requested > DEAREST) {
    const message = `Query cost is ${requested}, which exceeds the single query max cost limit (${DEAREST})`;
    return told(
      { errors: [{ message, extensions: { code: 'MAX_COST_EXCEEDED', cost: requested, maxCost: DEAREST } }] },
      'max_cost',
    );
  }
  if (call.fault?.kind === 'rate-limit') bucket.empty(world);
  if (!bucket.take(world, requested)) {
    const cost = { requestedQueryCost: requested, actualQueryCost: null, throttleStatus: bucket.status(world) };
    const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }];
    return told({ errors, extensions: { cost } }, 'throttled');
  }
  const notes: Notes = { rows: 0, search: [], applied: false };
  const result = run(world, asked, notes);
  const actual = actualCost(asked, requested, notes);
  bucket.giveBack(world, requested - actual);
  const cost = { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus: bucket.status(world) };
  const wantsSearch = call.headers['shopify-search-query-debug'] === '1' && notes.search.length > 0;
  const extensions = { cost, ...(wantsSearch ? { search: notes.search } : {}) };
  return { ...told({ ...result, extensions }, result.errors === undefined ? 'ok' : 'errors'), applied: notes.applied };
}

/** Everything is at hand, so that nothing is waited for. */
function run(world: World, { document, variables }: Asked, notes: Notes): ExecutionResult {
  const result = execute({ schema, document, variableValues: variables, rootValue: createRoot(world, notes) });
  if (result instanceof Promise) throw new Error('an answer of the shop is not at hand');
  return result;
}

/** Most lists inside an order are short, so that it turns out to cost a quarter; recorded answers say the like. */
function actualCost({ variables }: Asked, requested: number, { rows }: Notes): number {
  const { first, ids } = variables;
  const most = Array.isArray(ids) ? ids.length : typeof first === 'number' ? first : rows;
  const share = most === 0 ? 0 : Math.log2(rows + 1) / Math.log2(most + 1);
  return Math.min(requested, 2 + Math.ceil((requested / 4) * share));
}

const told = (body: object, outcome: string): Answer => ({
  status: 200,
  body,
  headers: { 'x-shopify-api-version': VERSION },
  outcome,
});
