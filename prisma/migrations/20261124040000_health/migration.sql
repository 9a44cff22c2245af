-- CreateTable
CREATE TABLE "OrderLap" (
    "orderId" TEXT NOT NULL PRIMARY KEY,
    "warehouse" TEXT NOT NULL,
    "paidAt" BIGINT NOT NULL,
    "sortedAt" BIGINT,
    "shippedAt" BIGINT,
    "scannedAt" BIGINT,
    "closedAt" BIGINT,
    "urgedAt" BIGINT,
    "misShippedAt" BIGINT
);

-- CreateTable
CREATE TABLE "HealthTally" (
    "day" TEXT NOT NULL,
    "metric" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "bucket" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,
    "sum" BIGINT NOT NULL,

    PRIMARY KEY ("metric", "day", "scope", "bucket")
);

-- CreateTable
CREATE TABLE "HealthLight" (
    "scope" TEXT NOT NULL PRIMARY KEY,
    "light" TEXT NOT NULL,
    "since" BIGINT NOT NULL
);

-- CreateIndex
CREATE INDEX "OrderLap_paidAt_warehouse_scannedAt_closedAt_idx" ON "OrderLap"("paidAt", "warehouse", "scannedAt", "closedAt");


