import type { Question } from '../../shopify/client.ts';

const money = '{ shopMoney { amount currencyCode } }';
const line = `{ id sku title quantity currentQuantity variant { id }
  originalUnitPriceSet ${money} discountedTotalSet(withCodeDiscounts: true) ${money} }`;
const part = '{ status requestStatus fulfillAt fulfillBy }';

/** Lists inside an order are cut short to keep it cheap; what is longer is read on by itself. */
const order = `fragment WarRoomOrder on Order {
  id name createdAt processedAt updatedAt cancelledAt closedAt test requiresShipping currencyCode
  displayFinancialStatus displayFulfillmentStatus returnStatus fullyPaid note tags phone email
  customer { id defaultPhoneNumber { phoneNumber } }
  shippingAddress { name phone address1 address2 city province provinceCode zip countryCodeV2 }
  subtotalPriceSet ${money} totalPriceSet ${money} currentTotalPriceSet ${money}
  totalShippingPriceSet ${money} totalReceivedSet ${money}
  transactions(first: 20) { kind status createdAt processedAt amountSet ${money} }
  refunds(first: 20) { createdAt }
  lineItems(first: 20) { pageInfo { hasNextPage endCursor } nodes ${line} }
  fulfillmentOrders(first: 10) { pageInfo { hasNextPage endCursor } nodes ${part} }
  fulfillments(first: 20) { status displayStatus createdAt inTransitAt deliveredAt
    trackingInfo(first: 10) { company number }
    events(first: 10, sortKey: HAPPENED_AT) { nodes { status happenedAt } } }
}`;

export const listOrders: Question = {
  name: 'WarRoomOrders',
  document: `query WarRoomOrders($search: String!, $sortKey: OrderSortKeys!, $first: Int!, $after: String) {
  orders(first: $first, after: $after, query: $search, sortKey: $sortKey) {
    pageInfo { hasNextPage endCursor } nodes { ...WarRoomOrder } } }
${order}`,
};

/** Read from the shop itself, not from the search index, which lags (channels.md §4.6). */
export const readOrders: Question = {
  name: 'WarRoomOrdersById',
  document: `query WarRoomOrdersById($ids: [ID!]!) { nodes(ids: $ids) { ...WarRoomOrder } }
${order}`,
};

const rest = (name: string, list: string, fields: string): Question => ({
  name,
  document: `query ${name}($id: ID!, $after: String) {
  order(id: $id) { rest: ${list}(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes ${fields} } } }`,
});

/** The lists of an order that may be longer than what comes with it. */
export const rests = {
  lineItems: rest('WarRoomMoreLines', 'lineItems', line),
  fulfillmentOrders: rest('WarRoomMoreParts', 'fulfillmentOrders', part),
} as const;

export const readScopes: Question = {
  name: 'WarRoomScopes',
  document: 'query WarRoomScopes { currentAppInstallation { accessScopes { handle } } }',
};

export const readRemark: Question = {
  name: 'WarRoomRemark',
  document: 'query WarRoomRemark($id: ID!) { order(id: $id) { note tags } }',
};

/** Tags are added and taken singly, so that nobody else's is lost; the note can only be written whole (§4.3). */
export const writeRemark: Question = {
  name: 'WarRoomNote',
  write: true,
  document: `mutation WarRoomNote($id: ID!, $input: OrderInput!, $add: [String!]!, $remove: [String!]!,
  $noting: Boolean!, $adding: Boolean!, $removing: Boolean!) {
  note: orderUpdate(input: $input) @include(if: $noting) { order { note tags } userErrors { message } }
  removed: tagsRemove(id: $id, tags: $remove) @include(if: $removing) {
    order: node { ... on Order { note tags } } userErrors { message } }
  added: tagsAdd(id: $id, tags: $add) @include(if: $adding) {
    order: node { ... on Order { note tags } } userErrors { message } } }`,
};
