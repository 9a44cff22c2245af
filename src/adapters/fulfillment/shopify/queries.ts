import type { Question } from '../../shopify/client.ts';

const page = 'pageInfo { hasNextPage endCursor }';
const line = '{ sku totalQuantity }';
const errors = 'userErrors { field message code }';

const order = `fragment WarRoomFulfillmentOrder on FulfillmentOrder {
  id status requestStatus createdAt updatedAt orderId
  assignedLocation { location { id } }
  fulfillmentHolds { id handle reason reasonNotes heldByRequestingApp }
  lineItems(first: 50) { ${page} nodes ${line} }
  fulfillments(first: 5) { nodes { status displayStatus createdAt deliveredAt trackingInfo(first: 2) { company number } } }
}`;

export const listFulfillmentOrders: Question = {
  name: 'WarRoomFulfillmentOrders',
  document: `query WarRoomFulfillmentOrders($search: String!, $first: Int!, $after: String) {
  fulfillmentOrders(first: $first, after: $after, query: $search, sortKey: UPDATED_AT, includeClosed: true) {
    ${page} nodes { ...WarRoomFulfillmentOrder } } }
${order}`,
};

/** Read from the shop itself, not from the search index, which lags (channels.md §4.6). */
export const readFulfillmentOrders: Question = {
  name: 'WarRoomFulfillmentOrdersById',
  document: `query WarRoomFulfillmentOrdersById($ids: [ID!]!) { nodes(ids: $ids) { ...WarRoomFulfillmentOrder } }
${order}`,
};

export const readByOrder: Question = {
  name: 'WarRoomFulfillmentOrdersByOrder',
  document: `query WarRoomFulfillmentOrdersByOrder($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Order { fulfillmentOrders(first: 10) { ${page} nodes { ...WarRoomFulfillmentOrder } } } } }
${order}`,
};

/** What an order of more than ten parts or a part of more than fifty lines has beyond them. */
export const moreParts: Question = {
  name: 'WarRoomMoreFulfillmentOrders',
  document: `query WarRoomMoreFulfillmentOrders($id: ID!, $after: String) {
  order(id: $id) { rest: fulfillmentOrders(first: 20, after: $after) { ${page} nodes { ...WarRoomFulfillmentOrder } } } }
${order}`,
};
export const moreLines: Question = {
  name: 'WarRoomMoreLines',
  document: `query WarRoomMoreLines($id: ID!, $after: String) {
  fulfillmentOrder(id: $id) { rest: lineItems(first: 100, after: $after) { ${page} nodes ${line} } } }`,
};

const levels = (names: string): string => `{ id sku inventoryLevels(first: 20) { ${page} nodes {
  location { id } quantities(names: [${names}]) { name quantity updatedAt } } } }`;

export const listItems: Question = {
  name: 'WarRoomStock',
  document: `query WarRoomStock($search: String, $first: Int!, $after: String) {
  inventoryItems(first: $first, after: $after, query: $search) {
    ${page} nodes ${levels('"available", "committed", "reserved", "incoming", "on_hand"')} } }`,
};

export const moveOrder: Question = {
  name: 'WarRoomMove',
  write: true,
  document: `mutation WarRoomMove($id: ID!, $to: ID!) {
  fulfillmentOrderMove(id: $id, newLocationId: $to) {
    movedFulfillmentOrder { id assignedLocation { location { id } } } ${errors} } }`,
};

export const holdOrder: Question = {
  name: 'WarRoomHold',
  write: true,
  document: `mutation WarRoomHold($id: ID!, $hold: FulfillmentOrderHoldInput!) {
  fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) { fulfillmentHold { id } ${errors} } }`,
};

export const releaseHold: Question = {
  name: 'WarRoomReleaseHold',
  write: true,
  document: `mutation WarRoomReleaseHold($id: ID!, $holds: [ID!]!) {
  fulfillmentOrderReleaseHold(id: $id, holdIds: $holds) { fulfillmentOrder { id status } ${errors} } }`,
};

/** The key makes a repeat answer what the first one did, the expected quantities refuse it when somebody was faster. */
export const moveQuantities: Question = {
  name: 'WarRoomMoveQuantities',
  write: true,
  document: `mutation WarRoomMoveQuantities($key: String!, $input: InventoryMoveQuantitiesInput!) {
  inventoryMoveQuantities(input: $input) @idempotent(key: $key) { inventoryAdjustmentGroup { id } ${errors} } }`,
};

export const createTransfer: Question = {
  name: 'WarRoomTransfer',
  write: true,
  document: `mutation WarRoomTransfer($key: String!, $input: InventoryTransferCreateInput!) {
  inventoryTransferCreate(input: $input) @idempotent(key: $key) { inventoryTransfer { name status } ${errors} } }`,
};
