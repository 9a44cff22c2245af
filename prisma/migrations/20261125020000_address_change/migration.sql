-- AlterTable
ALTER TABLE "Order" ADD COLUMN "addressChangeAt" BIGINT;
