import { buildSchema } from 'graphql';

/** The part of the Admin API's schema, version 2026-10, that the shop serves: names, arguments and nullability as there. */
export const schema = buildSchema(`
directive @idempotent(key: String!) on FIELD
scalar DateTime
scalar Decimal
scalar UnsignedInt64
scalar URL
interface Node { id: ID! }
enum CurrencyCode { USD }
enum CountryCode { US }
enum OrderSortKeys { CREATED_AT UPDATED_AT PROCESSED_AT ID }
enum FulfillmentEventSortKeys { HAPPENED_AT ID }
enum OrderDisplayFinancialStatus {
  AUTHORIZED EXPIRED PAID PARTIALLY_PAID PARTIALLY_REFUNDED PENDING REFUNDED VOIDED }
enum OrderDisplayFulfillmentStatus {
  FULFILLED FULFILLMENT_NOT_REQUIRED IN_PROGRESS ON_HOLD OPEN PARTIALLY_FULFILLED PENDING_FULFILLMENT
  REQUEST_DECLINED RESTOCKED SCHEDULED UNFULFILLED }
enum OrderReturnStatus { INSPECTION_COMPLETE IN_PROGRESS NO_RETURN RETURNED RETURN_FAILED RETURN_REQUESTED }
enum OrderTransactionKind { AUTHORIZATION CAPTURE CHANGE EMV_AUTHORIZATION REFUND SALE SUGGESTED_REFUND VOID }
enum OrderTransactionStatus { AWAITING_RESPONSE ERROR FAILURE PENDING SUCCESS UNKNOWN }
enum FulfillmentOrderStatus { CANCELLED CLOSED INCOMPLETE IN_PROGRESS ON_HOLD OPEN SCHEDULED }
enum FulfillmentOrderRequestStatus {
  ACCEPTED CANCELLATION_ACCEPTED CANCELLATION_REJECTED CANCELLATION_REQUESTED CLOSED REJECTED SUBMITTED UNSUBMITTED }
enum FulfillmentOrderSortKeys { ID UPDATED_AT }
enum FulfillmentHoldReason {
  AWAITING_PAYMENT AWAITING_RETURN_ITEMS HIGH_RISK_OF_FRAUD INCORRECT_ADDRESS INVENTORY_OUT_OF_STOCK
  ONLINE_STORE_POST_PURCHASE_CROSS_SELL OTHER UNKNOWN_DELIVERY_DATE }
enum InventoryTransferStatus { DRAFT READY_TO_SHIP IN_PROGRESS TRANSFERRED CANCELED OTHER }
enum FulfillmentStatus { CANCELLED ERROR FAILURE SUCCESS }
enum FulfillmentDisplayStatus { FULFILLED IN_TRANSIT DELIVERED CANCELED }
enum FulfillmentEventStatus { CARRIER_PICKED_UP IN_TRANSIT DELIVERED }

type QueryRoot {
  order(id: ID!): Order
  orders(after: String, first: Int, query: String, reverse: Boolean = false,
    sortKey: OrderSortKeys = PROCESSED_AT): OrderConnection!
  nodes(ids: [ID!]!): [Node]!
  currentAppInstallation: AppInstallation!
  fulfillmentOrder(id: ID!): FulfillmentOrder
  fulfillmentOrders(after: String, first: Int, includeClosed: Boolean = false, query: String, reverse: Boolean = false,
    sortKey: FulfillmentOrderSortKeys = ID): FulfillmentOrderConnection!
  inventoryItems(after: String, first: Int, query: String): InventoryItemConnection!
}
type Mutation {
  orderUpdate(input: OrderInput!): OrderUpdatePayload
  tagsAdd(id: ID!, tags: [String!]!): TagsAddPayload
  tagsRemove(id: ID!, tags: [String!]!): TagsRemovePayload
  webhookSubscriptionCreate(topic: WebhookSubscriptionTopic!, webhookSubscription: WebhookSubscriptionInput!):
    WebhookSubscriptionCreatePayload
  fulfillmentOrderMove(id: ID!, newLocationId: ID!): FulfillmentOrderMovePayload
  fulfillmentOrderHold(id: ID!, fulfillmentHold: FulfillmentOrderHoldInput!): FulfillmentOrderHoldPayload
  fulfillmentOrderReleaseHold(id: ID!, holdIds: [ID!], externalId: String): FulfillmentOrderReleaseHoldPayload
  inventoryMoveQuantities(input: InventoryMoveQuantitiesInput!): InventoryMoveQuantitiesPayload
  inventoryTransferCreate(input: InventoryTransferCreateInput!): InventoryTransferCreatePayload
}
type CodedError { field: [String!] message: String! code: String }
type FulfillmentOrderMovePayload {
  movedFulfillmentOrder: FulfillmentOrder originalFulfillmentOrder: FulfillmentOrder userErrors: [CodedError!]! }
input FulfillmentOrderHoldInput {
  reason: FulfillmentHoldReason! reasonNotes: String notifyMerchant: Boolean = false externalId: String handle: String }
type FulfillmentOrderHoldPayload {
  fulfillmentHold: FulfillmentHold fulfillmentOrder: FulfillmentOrder userErrors: [CodedError!]! }
type FulfillmentOrderReleaseHoldPayload { fulfillmentOrder: FulfillmentOrder userErrors: [CodedError!]! }
input InventoryMoveQuantityTerminalInput {
  locationId: ID! name: String! changeFromQuantity: Int ledgerDocumentUri: String }
input InventoryMoveQuantityChange {
  inventoryItemId: ID! quantity: Int! from: InventoryMoveQuantityTerminalInput! to: InventoryMoveQuantityTerminalInput! }
input InventoryMoveQuantitiesInput {
  reason: String! referenceDocumentUri: String! changes: [InventoryMoveQuantityChange!]! }
type InventoryAdjustmentGroup implements Node { id: ID! reason: String! referenceDocumentUri: String }
type InventoryMoveQuantitiesPayload {
  inventoryAdjustmentGroup: InventoryAdjustmentGroup userErrors: [CodedError!]! }
input InventoryTransferLineItemInput { inventoryItemId: ID! quantity: Int! }
input InventoryTransferCreateInput {
  originLocationId: ID destinationLocationId: ID lineItems: [InventoryTransferLineItemInput!]! note: String
  tags: [String!] referenceName: String dateCreated: DateTime }
type InventoryTransfer implements Node { id: ID! name: String! status: InventoryTransferStatus! referenceName: String }
type InventoryTransferCreatePayload { inventoryTransfer: InventoryTransfer userErrors: [CodedError!]! }
enum WebhookSubscriptionTopic { ORDERS_CREATE ORDERS_PAID ORDERS_CANCELLED ORDERS_UPDATED }
input WebhookSubscriptionInput { uri: String }
type WebhookSubscription { id: ID! topic: WebhookSubscriptionTopic! uri: String! }
type WebhookSubscriptionCreatePayload { webhookSubscription: WebhookSubscription userErrors: [UserError!]! }
input OrderInput { id: ID! note: String tags: [String!] }
type UserError { field: [String!] message: String! }
type OrderUpdatePayload { order: Order userErrors: [UserError!]! }
type TagsAddPayload { node: Node userErrors: [UserError!]! }
type TagsRemovePayload { node: Node userErrors: [UserError!]! }

type AppInstallation { accessScopes: [AccessScope!]! }
type AccessScope { handle: String! description: String! }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type MoneyV2 { amount: Decimal! currencyCode: CurrencyCode! }
type MoneyBag { shopMoney: MoneyV2! presentmentMoney: MoneyV2! }

type OrderConnection { nodes: [Order!]! pageInfo: PageInfo! }
type Order implements Node {
  id: ID! legacyResourceId: UnsignedInt64! name: String!
  createdAt: DateTime! processedAt: DateTime! updatedAt: DateTime! cancelledAt: DateTime closedAt: DateTime
  test: Boolean! requiresShipping: Boolean! currencyCode: CurrencyCode! presentmentCurrencyCode: CurrencyCode!
  displayFinancialStatus: OrderDisplayFinancialStatus displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
  returnStatus: OrderReturnStatus! fullyPaid: Boolean! note: String tags: [String!]! phone: String email: String
  customer: Customer shippingAddress: MailingAddress
  subtotalPriceSet: MoneyBag totalPriceSet: MoneyBag! currentTotalPriceSet: MoneyBag!
  totalShippingPriceSet: MoneyBag! totalReceivedSet: MoneyBag! totalRefundedSet: MoneyBag!
  transactions(first: Int): [OrderTransaction!]!
  refunds(first: Int): [Refund!]!
  lineItems(after: String, first: Int): LineItemConnection!
  fulfillmentOrders(after: String, first: Int): FulfillmentOrderConnection!
  fulfillments(first: Int): [Fulfillment!]!
}
type Customer implements Node { id: ID! defaultPhoneNumber: CustomerPhoneNumber }
type CustomerPhoneNumber { phoneNumber: String! }
type MailingAddress {
  name: String firstName: String lastName: String phone: String address1: String address2: String city: String
  province: String provinceCode: String zip: String countryCodeV2: CountryCode }
type OrderTransaction implements Node {
  id: ID! kind: OrderTransactionKind! status: OrderTransactionStatus! createdAt: DateTime! processedAt: DateTime
  amountSet: MoneyBag! }
type Refund implements Node { id: ID! createdAt: DateTime totalRefundedSet: MoneyBag! }
type LineItemConnection { nodes: [LineItem!]! pageInfo: PageInfo! }
type LineItem implements Node {
  id: ID! sku: String title: String! quantity: Int! currentQuantity: Int! variant: ProductVariant
  originalUnitPriceSet: MoneyBag! discountedTotalSet(withCodeDiscounts: Boolean = false): MoneyBag! }
type ProductVariant implements Node { id: ID! }
type FulfillmentOrderConnection { nodes: [FulfillmentOrder!]! pageInfo: PageInfo! }
type FulfillmentOrder implements Node {
  id: ID! status: FulfillmentOrderStatus! requestStatus: FulfillmentOrderRequestStatus! fulfillAt: DateTime
  fulfillBy: DateTime createdAt: DateTime! updatedAt: DateTime! orderId: ID!
  assignedLocation: FulfillmentOrderAssignedLocation! fulfillmentHolds: [FulfillmentHold!]!
  lineItems(after: String, first: Int): FulfillmentOrderLineItemConnection!
  fulfillments(after: String, first: Int): FulfillmentConnection! }
type FulfillmentOrderAssignedLocation { name: String! location: Location }
type Location implements Node { id: ID! name: String! }
type FulfillmentHold implements Node {
  id: ID! handle: String reason: FulfillmentHoldReason! reasonNotes: String heldByRequestingApp: Boolean! }
type FulfillmentOrderLineItemConnection { nodes: [FulfillmentOrderLineItem!]! pageInfo: PageInfo! }
type FulfillmentOrderLineItem implements Node { id: ID! sku: String totalQuantity: Int! remainingQuantity: Int! }
type FulfillmentConnection { nodes: [Fulfillment!]! pageInfo: PageInfo! }
type InventoryItemConnection { nodes: [InventoryItem!]! pageInfo: PageInfo! }
type InventoryItem implements Node {
  id: ID! sku: String inventoryLevels(after: String, first: Int): InventoryLevelConnection! }
type InventoryLevelConnection { nodes: [InventoryLevel!]! pageInfo: PageInfo! }
type InventoryLevel implements Node { id: ID! location: Location! quantities(names: [String!]!): [InventoryQuantity!]! }
type InventoryQuantity { name: String! quantity: Int! updatedAt: DateTime }
type Fulfillment implements Node {
  id: ID! status: FulfillmentStatus! displayStatus: FulfillmentDisplayStatus createdAt: DateTime!
  inTransitAt: DateTime deliveredAt: DateTime trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
  events(after: String, first: Int, sortKey: FulfillmentEventSortKeys = HAPPENED_AT): FulfillmentEventConnection! }
type FulfillmentTrackingInfo { company: String number: String url: URL }
type FulfillmentEventConnection { nodes: [FulfillmentEvent!]! pageInfo: PageInfo! }
type FulfillmentEvent implements Node {
  id: ID! status: FulfillmentEventStatus! happenedAt: DateTime! message: String }
schema { query: QueryRoot mutation: Mutation }
`);
