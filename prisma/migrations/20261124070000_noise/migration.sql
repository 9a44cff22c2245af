-- CreateTable
CREATE TABLE "Silence" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "roomId" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "fromAt" BIGINT NOT NULL,
    "untilAt" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "byId" TEXT NOT NULL,
    "endedAt" BIGINT,
    "endSaid" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "Held" (
    "roomId" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "alertId" TEXT NOT NULL,
    "at" BIGINT NOT NULL,
    "saidAt" BIGINT,

    PRIMARY KEY ("roomId", "cause", "alertId")
);

-- CreateTable
CREATE TABLE "Promo" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "roomId" TEXT NOT NULL,
    "fromAt" BIGINT NOT NULL,
    "untilAt" BIGINT NOT NULL,
    "factor" REAL NOT NULL,
    "byId" TEXT NOT NULL,
    "endedAt" BIGINT,
    "beginSaid" INTEGER NOT NULL,
    "endSaid" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "Useless" (
    "alertId" TEXT NOT NULL,
    "personId" TEXT NOT NULL,
    "ruleId" TEXT NOT NULL,
    "at" BIGINT NOT NULL,

    PRIMARY KEY ("alertId", "personId")
);

-- CreateIndex
CREATE INDEX "Silence_endSaid_idx" ON "Silence"("endSaid");

-- CreateIndex
CREATE INDEX "Held_saidAt_roomId_cause_idx" ON "Held"("saidAt", "roomId", "cause");

-- CreateIndex
CREATE INDEX "Held_alertId_idx" ON "Held"("alertId");

-- CreateIndex
CREATE INDEX "Promo_endSaid_idx" ON "Promo"("endSaid");

-- CreateIndex
CREATE INDEX "Useless_ruleId_at_idx" ON "Useless"("ruleId", "at");


-- CreateIndex
CREATE INDEX "Outbox_createdAt_idx" ON "Outbox"("createdAt");

