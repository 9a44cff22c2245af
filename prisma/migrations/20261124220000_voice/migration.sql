-- CreateTable
CREATE TABLE "Escalation" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "alertId" TEXT NOT NULL,
    "groupKey" TEXT NOT NULL,
    "openKey" TEXT,
    "policy" TEXT NOT NULL,
    "steps" TEXT NOT NULL,
    "next" INTEGER NOT NULL,
    "nextAt" BIGINT NOT NULL,
    "startedAt" BIGINT NOT NULL,
    "endedAt" BIGINT,
    "outcome" TEXT
);

-- CreateTable
CREATE TABLE "Call" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "escalationId" INTEGER,
    "alertId" TEXT,
    "cause" TEXT NOT NULL,
    "personId" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "askedBy" TEXT,
    "roomId" TEXT,
    "spoken" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "ref" TEXT,
    "why" TEXT,
    "plannedAt" BIGINT NOT NULL,
    "dialledAt" BIGINT,
    "lookAt" BIGINT,
    "endedAt" BIGINT
);

-- CreateIndex
CREATE UNIQUE INDEX "Escalation_openKey_key" ON "Escalation"("openKey");

-- CreateIndex
CREATE INDEX "Escalation_groupKey_startedAt_idx" ON "Escalation"("groupKey", "startedAt");

-- CreateIndex
CREATE INDEX "Escalation_alertId_idx" ON "Escalation"("alertId");

-- CreateIndex
CREATE UNIQUE INDEX "Call_cause_key" ON "Call"("cause");

-- CreateIndex
CREATE INDEX "Call_state_plannedAt_idx" ON "Call"("state", "plannedAt");

-- CreateIndex
CREATE INDEX "Call_personId_dialledAt_idx" ON "Call"("personId", "dialledAt");

-- CreateIndex
CREATE INDEX "Call_escalationId_idx" ON "Call"("escalationId");

-- CreateIndex
CREATE INDEX "Call_alertId_idx" ON "Call"("alertId");

-- CreateIndex
CREATE INDEX "Call_lookAt_idx" ON "Call"("lookAt");


