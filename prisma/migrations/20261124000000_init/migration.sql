-- CreateTable
CREATE TABLE "World" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "kind" TEXT NOT NULL,
    "createdAt" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "Event" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "source" TEXT NOT NULL,
    "sourceId" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "occurredAt" BIGINT NOT NULL,
    "receivedAt" BIGINT NOT NULL,
    "facts" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Order" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "shopId" TEXT NOT NULL,
    "channelOrderNo" TEXT NOT NULL,
    "reversedNo" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "sourceStatus" TEXT NOT NULL,
    "sourceUpdatedAt" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "placedAt" BIGINT NOT NULL,
    "paidAt" BIGINT,
    "sortedAt" BIGINT,
    "shippedAt" BIGINT,
    "scannedAt" BIGINT,
    "deliveredAt" BIGINT,
    "closedAt" BIGINT,
    "shipBy" BIGINT,
    "promisedAt" BIGINT,
    "currency" TEXT NOT NULL,
    "goodsMinor" INTEGER NOT NULL,
    "freightMinor" INTEGER NOT NULL,
    "paidMinor" INTEGER NOT NULL,
    "refund" TEXT NOT NULL,
    "refundAt" BIGINT,
    "held" INTEGER NOT NULL,
    "buyerNote" TEXT NOT NULL,
    "remark" TEXT NOT NULL,
    "flag" TEXT NOT NULL,
    "receiver" TEXT NOT NULL,
    "shipments" TEXT NOT NULL,
    "identities" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "stageAt" BIGINT NOT NULL,
    "firstSeenAt" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "OrderLine" (
    "orderId" TEXT NOT NULL,
    "lineId" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "qty" INTEGER NOT NULL,
    "unitMinor" INTEGER NOT NULL,
    "paidMinor" INTEGER NOT NULL,

    PRIMARY KEY ("orderId", "lineId"),
    CONSTRAINT "OrderLine_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Identity" (
    "orderId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "placedAt" BIGINT NOT NULL,

    PRIMARY KEY ("orderId", "kind", "scope", "value")
);

-- CreateTable
CREATE TABLE "Receiver" (
    "orderId" TEXT NOT NULL PRIMARY KEY,
    "sealed" TEXT,
    "createdAt" BIGINT NOT NULL,
    "erasedAt" BIGINT
);

-- CreateTable
CREATE TABLE "FulfillmentOrder" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "systemId" TEXT NOT NULL,
    "systemOrderNo" TEXT NOT NULL,
    "systemShopId" TEXT NOT NULL,
    "sourceStatus" TEXT NOT NULL,
    "sourceUpdatedAt" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "stageAt" BIGINT NOT NULL,
    "sortedAt" BIGINT,
    "shippedAt" BIGINT,
    "warehouseCode" TEXT NOT NULL,
    "held" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "carrier" TEXT NOT NULL,
    "waybill" TEXT NOT NULL,
    "closed" INTEGER NOT NULL,
    "channelOrderNos" TEXT NOT NULL,
    "lines" TEXT NOT NULL,
    "firstSeenAt" BIGINT NOT NULL,
    "orphanedAt" BIGINT
);

-- CreateTable
CREATE TABLE "OrderFulfillment" (
    "orderId" TEXT NOT NULL,
    "fulfillmentId" TEXT NOT NULL,

    PRIMARY KEY ("orderId", "fulfillmentId"),
    CONSTRAINT "OrderFulfillment_fulfillmentId_fkey" FOREIGN KEY ("fulfillmentId") REFERENCES "FulfillmentOrder" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "StockLock" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "systemId" TEXT NOT NULL,
    "lockId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "sku" TEXT NOT NULL,
    "qty" INTEGER NOT NULL,
    "warehouseCode" TEXT NOT NULL,
    "channelOrderNo" TEXT,
    "systemShopId" TEXT NOT NULL,
    "orderId" TEXT,
    "takenBy" TEXT NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "goneAt" BIGINT
);

-- CreateTable
CREATE TABLE "Parcel" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "carrier" TEXT NOT NULL,
    "waybill" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "ParcelOrder" (
    "parcelId" TEXT NOT NULL,
    "orderId" TEXT NOT NULL,

    PRIMARY KEY ("parcelId", "orderId"),
    CONSTRAINT "ParcelOrder_parcelId_fkey" FOREIGN KEY ("parcelId") REFERENCES "Parcel" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Oddity" (
    "source" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "what" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastRef" TEXT NOT NULL,
    "firstAt" BIGINT NOT NULL,
    "lastAt" BIGINT NOT NULL,

    PRIMARY KEY ("source", "kind", "what")
);

-- CreateTable
CREATE TABLE "Deadline" (
    "ruleId" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "dueAt" BIGINT NOT NULL,
    "firedAt" BIGINT,

    PRIMARY KEY ("ruleId", "subject")
);

-- CreateTable
CREATE TABLE "Alert" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "ruleId" TEXT NOT NULL,
    "ruleVersion" INTEGER NOT NULL,
    "subject" TEXT NOT NULL,
    "openKey" TEXT,
    "number" INTEGER,
    "day" TEXT,
    "severity" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "groupKey" TEXT NOT NULL,
    "dueAt" BIGINT NOT NULL,
    "raisedAt" BIGINT NOT NULL,
    "confirmedAt" BIGINT,
    "facts" TEXT NOT NULL,
    "claimedBy" TEXT,
    "claimedAt" BIGINT,
    "claimUntil" BIGINT,
    "snoozedUntil" BIGINT,
    "resolvedAt" BIGINT,
    "resolution" TEXT,
    "isLateFound" INTEGER NOT NULL,
    "dispatchedAt" BIGINT,
    "recheck" INTEGER NOT NULL,
    "endSaid" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "Decision" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "alertId" TEXT NOT NULL,
    "roomId" TEXT NOT NULL,
    "at" BIGINT NOT NULL,
    "verdict" TEXT NOT NULL,
    "reason" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "GroupSaid" (
    "roomId" TEXT NOT NULL,
    "groupKey" TEXT NOT NULL,
    "saidAt" BIGINT NOT NULL,
    "count" INTEGER NOT NULL,
    "band" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,

    PRIMARY KEY ("roomId", "groupKey")
);

-- CreateTable
CREATE TABLE "Outbox" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key" TEXT NOT NULL,
    "roomId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "priority" INTEGER NOT NULL,
    "alertId" TEXT,
    "card" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "dueAt" BIGINT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "leaseUntil" BIGINT,
    "providerRef" TEXT,
    "createdAt" BIGINT NOT NULL,
    "sentAt" BIGINT,
    "maybeTwice" INTEGER NOT NULL,
    "error" TEXT
);

-- CreateTable
CREATE TABLE "RoomMessage" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "roomId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "card" TEXT NOT NULL,
    "at" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "Inbound" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "platform" TEXT NOT NULL,
    "messageId" TEXT NOT NULL,
    "roomId" TEXT NOT NULL,
    "isPrivate" INTEGER NOT NULL,
    "senderId" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "receivedAt" BIGINT NOT NULL,
    "doneAt" BIGINT
);

-- CreateTable
CREATE TABLE "Question" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "openKey" TEXT,
    "words" TEXT NOT NULL,
    "roomId" TEXT NOT NULL,
    "actorId" TEXT NOT NULL,
    "proposal" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "expiresAt" BIGINT NOT NULL,
    "secondAskedAt" BIGINT,
    "secondBy" TEXT,
    "inboundId" INTEGER
);

-- CreateTable
CREATE TABLE "Action" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "runningKey" TEXT,
    "actorId" TEXT NOT NULL,
    "approverId" TEXT,
    "roomId" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "request" TEXT NOT NULL,
    "before" TEXT,
    "after" TEXT,
    "undoOf" TEXT,
    "undoKey" TEXT,
    "reason" TEXT NOT NULL,
    "startedAt" BIGINT NOT NULL,
    "finishedAt" BIGINT,
    "nextAt" BIGINT,
    "probes" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "ActionStep" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "actionId" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "at" BIGINT NOT NULL,
    "detail" TEXT NOT NULL,
    CONSTRAINT "ActionStep_actionId_fkey" FOREIGN KEY ("actionId") REFERENCES "Action" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "seq" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" BIGINT NOT NULL,
    "actorId" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "mac" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Cursor" (
    "stream" TEXT NOT NULL PRIMARY KEY,
    "watermark" BIGINT NOT NULL,
    "windowTo" BIGINT,
    "page" TEXT,
    "updatedAt" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "Source" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "lastOkAt" BIGINT,
    "lastErrorAt" BIGINT,
    "lastError" TEXT
);

-- CreateTable
CREATE TABLE "Token" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "sealed" TEXT NOT NULL,
    "expiresAt" BIGINT,
    "updatedAt" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "holder" TEXT NOT NULL,
    "until" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "Person" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "origin" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "PersonAccount" (
    "platform" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "personId" TEXT NOT NULL,

    PRIMARY KEY ("platform", "userId"),
    CONSTRAINT "PersonAccount_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Room" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "platform" TEXT NOT NULL,
    "chatId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "hears" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "boundBy" TEXT
);

-- CreateTable
CREATE TABLE "LoginCode" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "personId" TEXT NOT NULL,
    "expiresAt" BIGINT NOT NULL,
    "usedAt" BIGINT
);

-- CreateTable
CREATE TABLE "Session" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "personId" TEXT NOT NULL,
    "expiresAt" BIGINT NOT NULL
);

-- CreateTable
CREATE TABLE "RuleVersion" (
    "id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "body" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "isOn" INTEGER NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,

    PRIMARY KEY ("id", "version")
);

-- CreateIndex
CREATE INDEX "Event_subject_id_idx" ON "Event"("subject", "id");

-- CreateIndex
CREATE INDEX "Event_source_receivedAt_idx" ON "Event"("source", "receivedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Event_source_sourceId_key" ON "Event"("source", "sourceId");

-- CreateIndex
CREATE INDEX "Order_reversedNo_idx" ON "Order"("reversedNo");

-- CreateIndex
CREATE INDEX "Order_stage_paidAt_idx" ON "Order"("stage", "paidAt");

-- CreateIndex
CREATE INDEX "Order_paidAt_idx" ON "Order"("paidAt");

-- CreateIndex
CREATE UNIQUE INDEX "Order_shopId_channelOrderNo_key" ON "Order"("shopId", "channelOrderNo");

-- CreateIndex
CREATE INDEX "OrderLine_sku_idx" ON "OrderLine"("sku");

-- CreateIndex
CREATE INDEX "Identity_scope_kind_value_placedAt_idx" ON "Identity"("scope", "kind", "value", "placedAt");

-- CreateIndex
CREATE INDEX "FulfillmentOrder_systemOrderNo_idx" ON "FulfillmentOrder"("systemOrderNo");

-- CreateIndex
CREATE INDEX "FulfillmentOrder_orphanedAt_idx" ON "FulfillmentOrder"("orphanedAt");

-- CreateIndex
CREATE UNIQUE INDEX "FulfillmentOrder_systemId_systemOrderNo_key" ON "FulfillmentOrder"("systemId", "systemOrderNo");

-- CreateIndex
CREATE INDEX "OrderFulfillment_fulfillmentId_idx" ON "OrderFulfillment"("fulfillmentId");

-- CreateIndex
CREATE INDEX "StockLock_systemId_goneAt_idx" ON "StockLock"("systemId", "goneAt");

-- CreateIndex
CREATE INDEX "StockLock_sku_goneAt_idx" ON "StockLock"("sku", "goneAt");

-- CreateIndex
CREATE INDEX "StockLock_orderId_idx" ON "StockLock"("orderId");

-- CreateIndex
CREATE INDEX "StockLock_channelOrderNo_idx" ON "StockLock"("channelOrderNo");

-- CreateIndex
CREATE INDEX "Parcel_waybill_idx" ON "Parcel"("waybill");

-- CreateIndex
CREATE INDEX "ParcelOrder_orderId_idx" ON "ParcelOrder"("orderId");

-- CreateIndex
CREATE INDEX "Deadline_firedAt_dueAt_idx" ON "Deadline"("firedAt", "dueAt");

-- CreateIndex
CREATE INDEX "Deadline_subject_idx" ON "Deadline"("subject");

-- CreateIndex
CREATE UNIQUE INDEX "Alert_openKey_key" ON "Alert"("openKey");

-- CreateIndex
CREATE INDEX "Alert_state_severity_raisedAt_idx" ON "Alert"("state", "severity", "raisedAt");

-- CreateIndex
CREATE INDEX "Alert_subject_state_idx" ON "Alert"("subject", "state");

-- CreateIndex
CREATE INDEX "Alert_day_number_idx" ON "Alert"("day", "number");

-- CreateIndex
CREATE INDEX "Alert_dispatchedAt_state_idx" ON "Alert"("dispatchedAt", "state");

-- CreateIndex
CREATE INDEX "Alert_recheck_state_idx" ON "Alert"("recheck", "state");

-- CreateIndex
CREATE INDEX "Alert_endSaid_state_idx" ON "Alert"("endSaid", "state");

-- CreateIndex
CREATE INDEX "Alert_groupKey_state_idx" ON "Alert"("groupKey", "state");

-- CreateIndex
CREATE INDEX "Alert_snoozedUntil_idx" ON "Alert"("snoozedUntil");

-- CreateIndex
CREATE INDEX "Decision_alertId_idx" ON "Decision"("alertId");

-- CreateIndex
CREATE UNIQUE INDEX "Outbox_key_key" ON "Outbox"("key");

-- CreateIndex
CREATE INDEX "Outbox_state_dueAt_idx" ON "Outbox"("state", "dueAt");

-- CreateIndex
CREATE INDEX "Outbox_roomId_state_priority_idx" ON "Outbox"("roomId", "state", "priority");

-- CreateIndex
CREATE INDEX "Outbox_roomId_sentAt_idx" ON "Outbox"("roomId", "sentAt");

-- CreateIndex
CREATE INDEX "Outbox_alertId_idx" ON "Outbox"("alertId");

-- CreateIndex
CREATE INDEX "Outbox_maybeTwice_state_idx" ON "Outbox"("maybeTwice", "state");

-- CreateIndex
CREATE UNIQUE INDEX "RoomMessage_key_key" ON "RoomMessage"("key");

-- CreateIndex
CREATE INDEX "RoomMessage_roomId_id_idx" ON "RoomMessage"("roomId", "id");

-- CreateIndex
CREATE INDEX "Inbound_doneAt_idx" ON "Inbound"("doneAt");

-- CreateIndex
CREATE INDEX "Inbound_roomId_receivedAt_idx" ON "Inbound"("roomId", "receivedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Inbound_platform_messageId_key" ON "Inbound"("platform", "messageId");

-- CreateIndex
CREATE UNIQUE INDEX "Question_openKey_key" ON "Question"("openKey");

-- CreateIndex
CREATE INDEX "Question_state_expiresAt_idx" ON "Question"("state", "expiresAt");

-- CreateIndex
CREATE INDEX "Question_words_state_idx" ON "Question"("words", "state");

-- CreateIndex
CREATE UNIQUE INDEX "Action_runningKey_key" ON "Action"("runningKey");

-- CreateIndex
CREATE UNIQUE INDEX "Action_undoKey_key" ON "Action"("undoKey");

-- CreateIndex
CREATE INDEX "Action_state_nextAt_idx" ON "Action"("state", "nextAt");

-- CreateIndex
CREATE INDEX "Action_subject_startedAt_idx" ON "Action"("subject", "startedAt");

-- CreateIndex
CREATE INDEX "Action_actorId_roomId_startedAt_idx" ON "Action"("actorId", "roomId", "startedAt");

-- CreateIndex
CREATE INDEX "ActionStep_actionId_idx" ON "ActionStep"("actionId");

-- CreateIndex
CREATE INDEX "AuditEntry_subject_idx" ON "AuditEntry"("subject");

-- CreateIndex
CREATE INDEX "PersonAccount_personId_idx" ON "PersonAccount"("personId");
