-- AlterTable
ALTER TABLE "Order" ADD COLUMN "displayNo" TEXT;

-- CreateIndex
CREATE INDEX "Order_displayNo_idx" ON "Order"("displayNo");


