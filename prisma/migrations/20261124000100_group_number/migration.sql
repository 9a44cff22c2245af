-- CreateIndex
CREATE INDEX "GroupSaid_groupKey_idx" ON "GroupSaid"("groupKey");
