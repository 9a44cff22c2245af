import { randomUUID } from 'node:crypto';
import { fedex } from '../../world/company.ts';
import { HOUR } from '../../world/time.ts';
import type { Route } from '../exchange.ts';
import { sameText } from '../same-text.ts';
import { refuse } from './answers.ts';

/** A token for an hour. */
export const oauth: Route = {
  method: 'POST',
  path: '/oauth/token',
  sheet: 'fulfillment.md §2.5 FedEx; the life of a token: ours',
  kind: 'read',
  answer({ world }, call) {
    const form = new URLSearchParams(call.body.toString('utf8'));
    const isOurs =
      form.get('grant_type') === 'client_credentials' &&
      form.get('client_id') === fedex.clientId &&
      sameText(form.get('client_secret') ?? '', fedex.clientSecret);
    if (!isOurs) return refuse(401, 'NOT.AUTHORIZED.ERROR', 'The given client credentials were not valid.');
    const token = randomUUID();
    world.store.run('INSERT INTO fedex_tokens (token, until) VALUES (?, ?)', token, world.clock.now() + HOUR);
    const body = { access_token: token, token_type: 'bearer', expires_in: HOUR / 1_000, scope: 'CXS' };
    return { status: 200, body, outcome: 'ok' };
  },
};
