-- AlterTable
ALTER TABLE "Import" ADD COLUMN "roomId" TEXT;
