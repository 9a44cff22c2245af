/** The two wide upserts: one list of columns each, in the order in which they are bound. */
const upsertSql = (table: string, key: string, columns: readonly string[], fixed: readonly string[]): string =>
  `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
   ON CONFLICT (${key}) DO UPDATE SET ${columns
     .filter((column) => column !== key && !fixed.includes(column))
     .map((column) => `${column} = excluded.${column}`)
     .join(', ')}`;

export const upsertOrderSql = upsertSql(
  'Order',
  'id',
  [
    'id',
    'shopId',
    'channelOrderNo',
    'reversedNo',
    'status',
    'sourceStatus',
    'sourceUpdatedAt',
    'hash',
    'kind',
    'placedAt',
    'paidAt',
    'sortedAt',
    'shippedAt',
    'scannedAt',
    'deliveredAt',
    'closedAt',
    'shipBy',
    'promisedAt',
    'currency',
    'goodsMinor',
    'freightMinor',
    'paidMinor',
    'refund',
    'refundAt',
    'held',
    'addressChange',
    'addressChangeAt',
    'buyerNote',
    'remark',
    'flag',
    'receiver',
    'shipments',
    'identities',
    'stage',
    'stageAt',
    'firstSeenAt',
    'source',
    'displayNo',
  ],
  ['shopId', 'channelOrderNo', 'reversedNo', 'firstSeenAt'],
);

export const upsertFulfillmentSql = upsertSql(
  'FulfillmentOrder',
  'id',
  [
    'id',
    'systemId',
    'systemOrderNo',
    'systemShopId',
    'sourceStatus',
    'sourceUpdatedAt',
    'hash',
    'stage',
    'stageAt',
    'sortedAt',
    'shippedAt',
    'warehouseCode',
    'held',
    'reason',
    'carrier',
    'waybill',
    'closed',
    'channelOrderNos',
    'lines',
    'firstSeenAt',
  ],
  ['systemId', 'systemOrderNo', 'firstSeenAt'],
);

/** One that was kept apart (in review, on hold) and waits now joins the line at this moment; it keeps that place. */
const joinedAt = `CASE WHEN LineEntry.apart IS NOT NULL AND excluded.apart IS NULL AND excluded.phase = 'waiting' THEN ?
     ELSE LineEntry.joinedAt END`;

/** What has not changed is not written: an order is derived far more often than it moves. */
export const upsertLineSql = `INSERT INTO LineEntry (orderId, warehouse, shopId, phase, since, wall, apart, sortedAt, shippedAt)
   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
   ON CONFLICT (orderId) DO UPDATE SET warehouse = excluded.warehouse, phase = excluded.phase,
     joinedAt = ${joinedAt}, since = max(excluded.since, ifnull(${joinedAt}, 0)),
     wall = excluded.wall, apart = excluded.apart, sortedAt = excluded.sortedAt, shippedAt = excluded.shippedAt
   WHERE (warehouse, phase, since, wall, apart, sortedAt, shippedAt) IS NOT
     (excluded.warehouse, excluded.phase, max(excluded.since, ifnull(joinedAt, 0)), excluded.wall, excluded.apart,
      excluded.sortedAt, excluded.shippedAt)`;
