-- AlterTable
ALTER TABLE "Parcel" ADD COLUMN "deliveredAt" BIGINT;
ALTER TABLE "Parcel" ADD COLUMN "endedAt" BIGINT;
ALTER TABLE "Parcel" ADD COLUMN "firstScanAt" BIGINT;
ALTER TABLE "Parcel" ADD COLUMN "lastEventAt" BIGINT;
ALTER TABLE "Parcel" ADD COLUMN "lastKind" TEXT;
ALTER TABLE "Parcel" ADD COLUMN "lastState" TEXT;

-- CreateTable
CREATE TABLE "TrackEvent" (
    "parcelId" TEXT NOT NULL,
    "occurredAt" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "rawState" TEXT NOT NULL,
    "carrier" TEXT NOT NULL,
    "receivedAt" BIGINT NOT NULL,

    PRIMARY KEY ("parcelId", "occurredAt", "kind", "rawState"),
    CONSTRAINT "TrackEvent_parcelId_fkey" FOREIGN KEY ("parcelId") REFERENCES "Parcel" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);


