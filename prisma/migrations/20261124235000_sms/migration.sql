-- CreateTable
CREATE TABLE "Sms" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "orderId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "ref" TEXT,
    "phoneMask" TEXT,
    "dueAt" BIGINT,
    "plannedAt" BIGINT NOT NULL,
    "sentAt" BIGINT
);

-- CreateIndex
CREATE INDEX "Sms_dueAt_idx" ON "Sms"("dueAt");

-- CreateIndex
CREATE INDEX "Sms_orderId_idx" ON "Sms"("orderId");


