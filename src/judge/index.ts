/**
 * Says whether a value conforms to its type, and whether replies conform to what was expected of them.
 *
 * Pure functions over data. The fake checks arguments with the same walker that judges what a target returns.
 */
export {
  anyError,
  commandNotFound,
  describeExpectation,
  deviceNotFound,
  emptyReturn,
  error,
  ERROR_CLASSES,
  genericError,
  judgeReplies,
  judgeReply,
  namesIn,
  parseErrors,
  reply,
  replyWithoutId,
  returns,
  returnsJudged,
  returnsListing,
  returnsNames,
  returnsNotListing,
  returnsTyped,
  returnsWith,
  showJson,
  success,
  type ErrorClass,
  type Expectation,
  type Finding,
  type JudgeContext,
  type Outcome,
  type ReplyPattern,
} from './expectation.js';
export {
  alternativeFor,
  checkArguments,
  checkEventData,
  checkReturn,
  checkValue,
  isDownstreamName,
  selectedParts,
  type Direction,
  type ProblemKind,
  type ValueProblem,
} from './value.js';
