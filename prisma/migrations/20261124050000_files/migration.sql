-- CreateTable
CREATE TABLE "Import" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "shopId" TEXT,
    "fileName" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "actorId" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "asOf" BIGINT,
    "createdAt" BIGINT NOT NULL,
    "finishedAt" BIGINT,
    "done" INTEGER NOT NULL,
    "total" INTEGER NOT NULL,
    "result" TEXT
);

-- CreateTable
CREATE TABLE "ImportChunk" (
    "importId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "sealed" TEXT NOT NULL,

    PRIMARY KEY ("importId", "seq"),
    CONSTRAINT "ImportChunk_importId_fkey" FOREIGN KEY ("importId") REFERENCES "Import" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "FileShop" (
    "shopId" TEXT NOT NULL PRIMARY KEY,
    "asOf" BIGINT NOT NULL,
    "tellsStage" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "SheetSight" (
    "orderId" TEXT NOT NULL PRIMARY KEY,
    "asOf" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "SheetMapping" (
    "headingKey" TEXT NOT NULL PRIMARY KEY,
    "mapping" TEXT NOT NULL,
    "actorId" TEXT NOT NULL,
    "at" BIGINT NOT NULL
);

-- AlterTable
ALTER TABLE "Order" ADD COLUMN "source" TEXT NOT NULL DEFAULT '';

-- CreateIndex
CREATE INDEX "Import_state_createdAt_idx" ON "Import"("state", "createdAt");

-- CreateIndex
CREATE INDEX "Import_createdAt_idx" ON "Import"("createdAt");
