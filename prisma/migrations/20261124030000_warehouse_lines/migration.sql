-- CreateTable
CREATE TABLE "LineEntry" (
    "orderId" TEXT NOT NULL PRIMARY KEY,
    "warehouse" TEXT NOT NULL,
    "shopId" TEXT NOT NULL,
    "phase" TEXT NOT NULL,
    "since" BIGINT NOT NULL,
    "wall" BIGINT,
    "apart" TEXT,
    "sortedAt" BIGINT,
    "shippedAt" BIGINT
);

-- CreateIndex
CREATE INDEX "LineEntry_phase_warehouse_since_wall_shopId_apart_idx" ON "LineEntry"("phase", "warehouse", "since", "wall", "shopId", "apart");

-- CreateIndex
CREATE INDEX "LineEntry_warehouse_sortedAt_idx" ON "LineEntry"("warehouse", "sortedAt");

-- CreateIndex
CREATE INDEX "LineEntry_shippedAt_warehouse_shopId_wall_apart_idx" ON "LineEntry"("shippedAt", "warehouse", "shopId", "wall", "apart");

-- Orders on their way get their place at once; from here on it is derived with every change.
INSERT INTO "LineEntry" ("orderId", "warehouse", "shopId", "phase", "since", "wall", "apart", "sortedAt", "shippedAt")
SELECT o."id", coalesce(f."systemId" || '/' || f."warehouseCode", ''), o."shopId",
  CASE WHEN o."stage" IN ('shipped', 'scanned') THEN 'shipped'
       WHEN o."stage" IN ('sorting', 'packed', 'labelled') THEN 'sorted' ELSE 'waiting' END,
  max(o."paidAt", coalesce(o."promisedAt" - 172800000, o."paidAt")), o."shipBy",
  CASE WHEN o."kind" <> 'sale' THEN o."kind" WHEN o."refund" IN ('requested', 'accepted', 'done') THEN 'refund'
       WHEN o."held" = 1 OR f."held" = 1 THEN 'held' WHEN o."stage" = 'review' THEN 'review' END,
  CASE WHEN o."stage" IN ('sorting', 'packed', 'labelled', 'shipped', 'scanned') THEN coalesce(f."sortedAt", o."stageAt") END,
  CASE WHEN o."stage" IN ('shipped', 'scanned') THEN coalesce(o."shippedAt", f."shippedAt", o."stageAt") END
FROM "Order" o
LEFT JOIN "FulfillmentOrder" f ON f."id" = (
  SELECT min(l."fulfillmentId") FROM "OrderFulfillment" l JOIN "FulfillmentOrder" s ON s."id" = l."fulfillmentId"
  WHERE l."orderId" = o."id" AND s."closed" = 0)
WHERE o."paidAt" IS NOT NULL AND o."closedAt" IS NULL
  AND o."stage" IN ('paid', 'queued', 'review', 'sorting', 'packed', 'labelled', 'shipped', 'scanned');
