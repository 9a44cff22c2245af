-- AlterTable
ALTER TABLE "LineEntry" ADD COLUMN "joinedAt" BIGINT;
