-- AlterTable
ALTER TABLE "Order" ADD COLUMN "addressChange" TEXT NOT NULL DEFAULT 'none';

-- CreateTable
CREATE TABLE "Push" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "source" TEXT NOT NULL,
    "messageId" TEXT NOT NULL,
    "orderNos" TEXT NOT NULL,
    "receivedAt" BIGINT NOT NULL,
    "doneAt" BIGINT
);

-- CreateIndex
CREATE INDEX "Push_doneAt_source_id_idx" ON "Push"("doneAt", "source", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Push_source_messageId_key" ON "Push"("source", "messageId");

-- CreateTable
CREATE TABLE "Walk" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "fromAt" BIGINT NOT NULL,
    "toAt" BIGINT NOT NULL,
    "reachedAt" BIGINT NOT NULL,
    "page" TEXT,
    "orders" INTEGER NOT NULL,
    "differed" INTEGER NOT NULL,
    "startedAt" BIGINT NOT NULL,
    "finishedAt" BIGINT
);

-- CreateIndex
CREATE INDEX "Receiver_erasedAt_createdAt_idx" ON "Receiver"("erasedAt", "createdAt");

-- CreateIndex
CREATE INDEX "Push_receivedAt_idx" ON "Push"("receivedAt");
