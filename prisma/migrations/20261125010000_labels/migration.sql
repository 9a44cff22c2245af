-- CreateTable
CREATE TABLE "Label" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "orderId" TEXT NOT NULL,
    "carrierId" TEXT NOT NULL,
    "waybill" TEXT NOT NULL,
    "sealed" TEXT,
    "madeBy" TEXT NOT NULL,
    "madeAt" BIGINT NOT NULL,
    "voidedAt" BIGINT
);

-- CreateIndex
CREATE INDEX "Label_orderId_idx" ON "Label"("orderId");


