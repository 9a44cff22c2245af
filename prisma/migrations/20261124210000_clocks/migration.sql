-- AlterTable
ALTER TABLE "LineEntry" ADD COLUMN "joinedAt" BIGINT;

-- AlterTable
ALTER TABLE "GroupSaid" ADD COLUMN "startedAt" BIGINT NOT NULL DEFAULT 0;

-- What a room heard before counts from its last message.
UPDATE "GroupSaid" SET "startedAt" = "saidAt";

-- CreateTable
CREATE TABLE "Deduction" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "shopId" TEXT NOT NULL,
    "orderNo" TEXT NOT NULL,
    "minor" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "at" BIGINT
);

-- CreateIndex
CREATE INDEX "Deduction_shopId_orderNo_idx" ON "Deduction"("shopId", "orderNo");

-- CreateIndex
CREATE INDEX "Deduction_at_idx" ON "Deduction"("at");
