-- AlterTable
ALTER TABLE "LineEntry" ADD COLUMN "joinedAt" BIGINT;

-- AlterTable
ALTER TABLE "GroupSaid" ADD COLUMN "startedAt" BIGINT NOT NULL DEFAULT 0;

-- What a room heard before counts from its last message.
UPDATE "GroupSaid" SET "startedAt" = "saidAt";
