-- CreateTable
CREATE TABLE "Follow" (
    "parcelId" TEXT NOT NULL PRIMARY KEY,
    "carrier" TEXT NOT NULL,
    "waybill" TEXT NOT NULL,
    "followedBy" TEXT,
    "subscribedAt" BIGINT,
    "askedAt" BIGINT,
    "heardAt" BIGINT,
    "createdAt" BIGINT NOT NULL,
    "nextAt" BIGINT
);

-- CreateIndex
CREATE INDEX "Follow_nextAt_idx" ON "Follow"("nextAt");


