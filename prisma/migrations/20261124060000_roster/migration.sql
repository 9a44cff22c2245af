-- CreateTable
CREATE TABLE "DutyStint" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "offerId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "warehouse" TEXT,
    "personId" TEXT NOT NULL,
    "startsAt" BIGINT NOT NULL,
    "endsAt" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "DutyOffer" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "words" TEXT NOT NULL,
    "roomId" TEXT NOT NULL,
    "personId" TEXT NOT NULL,
    "askerId" TEXT NOT NULL,
    "askerRoomId" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "expiresAt" BIGINT NOT NULL
);

-- AlterTable
ALTER TABLE "Outbox" ADD COLUMN "parts" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "Person" ADD COLUMN "language" TEXT NOT NULL DEFAULT 'zh';

-- CreateIndex
CREATE INDEX "DutyStint_endsAt_idx" ON "DutyStint"("endsAt");

-- CreateIndex
CREATE INDEX "DutyStint_offerId_idx" ON "DutyStint"("offerId");

-- CreateIndex
CREATE INDEX "DutyOffer_state_expiresAt_idx" ON "DutyOffer"("state", "expiresAt");

-- CreateIndex
CREATE INDEX "DutyOffer_words_roomId_idx" ON "DutyOffer"("words", "roomId");

-- CreateIndex
CREATE INDEX "DutyOffer_askerId_personId_idx" ON "DutyOffer"("askerId", "personId");
