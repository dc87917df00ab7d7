/** Every limit that is not a plan's: one table, so that what bounds an input can be read in one place. */

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Bounds of one request to the data plane. */
export const requestLimits = {
  bodyBytesMax: mebibyte,
  /** Strings, lists and objects of a JSON body: many times what any path takes. */
  jsonPartsMax: 65_536,
  textsMax: 256,
  textCharactersMax: 20_000,
  headersBytesMax: 16 * kibibyte,
  bodyTimeoutMs: 10 * secondMs,
} as const;

/** What the built-in models read of one text: sentiment and embeddings alike. */
export const textModelLimits = { tokensMax: 510 } as const;

/** Texts that one request may have embedded: what OpenAI's clients send at once. Their body is that of any texts. */
export const embeddingLimits = { textsMax: 2_048 } as const;

/** Bounds of one request with pictures, which are larger than texts, and of what all of them hold in memory at once. */
export const imageLimits = {
  bodyBytesMax: 20 * mebibyte,
  /** Over a phone's uplink, 20 MiB take longer than a text. */
  bodyTimeoutMs: 30 * secondMs,
  pictureBytesMax: 10 * mebibyte,
  picturesMax: 32,
  topKMax: 100,
  topKDefault: 5,
  /** What one request may have fetched from URLs, and how many at the same time. */
  fetchedBytesMax: 20 * mebibyte,
  fetchesAtOnceMax: 8,
  /** Bodies and fetched pictures that a gateway holds; beyond that a request is told to come back. */
  heldBytesMax: 256 * mebibyte,
} as const;

/** What is fetched from an address that a customer names. The time limit is for all redirects together. */
export const outboundLimits = {
  timeoutMs: 10 * secondMs,
  redirectsMax: 3,
  urlCharactersMax: 2_048,
  headersBytesMax: 16 * kibibyte,
} as const;

/** Webhooks to customers: what a workspace sets up, and what one request to its endpoint may take. */
export const webhookLimits = {
  endpointsPerWorkspaceMax: 10,
  /** With so many waiting an endpoint is disabled: what it does not take must not grow without end. */
  waitingPerEndpointMax: 10_000,
  timeoutMs: 15 * secondMs,
  /** Longer than a request takes by far: whoever holds a delivery for so long has died. */
  claimMs: minuteMs,
  /** Of an answer, so much is read and shown. */
  answerBytesMax: 2 * kibibyte,
  /** After the first attempt: the schedule of the specification, three days in all. */
  retryDelaysMs: [
    5 * secondMs,
    5 * minuteMs,
    30 * minuteMs,
    2 * hourMs,
    5 * hourMs,
    10 * hourMs,
    14 * hourMs,
    20 * hourMs,
    dayMs,
  ],
  /** Each delay is drawn from so much around it, so that what failed together does not come back together. */
  jitterShare: 0.2,
  retryAfterMsMax: dayMs,
  /** Requests at the same time: of a background process, and to the endpoints of one workspace. */
  concurrentMax: 8,
  concurrentPerWorkspaceMax: 4,
  overlapHoursMax: 168,
  deliveriesListed: 50,
} as const;

/** An explanation runs the model many times: so much text, so many units, so many samples at the most. */
export const explanationLimits = {
  /** Explained beside their answers in one request: of the longest kind, about as long as a request may take. */
  textsMax: 8,
  picturesMax: 4,
  textCharactersMax: 2_000,
  unitsMax: 64,
  /** Cells on a side of what the model sees of a picture. */
  gridMin: 4,
  gridMax: 10,
  gridDefault: 7,
  /** The longer side of a heat map, in pixels. */
  heatMapSideMax: 512,
  samplesMax: 512,
  samplesDefault: 256,
} as const;

/** Bounds of one text that is to be written, and of the time that it takes. */
export const generationLimits = {
  messagesMax: 256,
  /** Of one message. */
  contentPartsMax: 256,
  choicesMax: 8,
  stopsMax: 4,
  stopCharactersMax: 64,
  topLogprobsMax: 20,
  logitBiasMax: 300,
  schemaBytesMax: 64 * kibibyte,
  outputTokensMax: 131_072,
  outputTokensDefault: 512,
  /** As the OpenAI API has it for completions. */
  completionTokensDefault: 16,
  /** On the paths of text-generation-inference. */
  newTokensDefault: 100,
  /** Until the model begins; then until the text ends where it is. */
  firstEventTimeoutMs: 30 * secondMs,
  timeoutMs: 120 * secondMs,
  /** Half of what is promised, so that a save that takes its time does not come too late. */
  saveEveryMs: secondMs / 2,
  /** A stream whose progress the database did not take for so long ends. */
  unsavedMsMax: 10 * secondMs,
  /** A stream that nobody reads for so long is cut. */
  stalledReaderMs: 30 * secondMs,
} as const;

/** Bounds of what is kept of an answer that was put right, and of how much of that a workspace has. */
export const feedbackLimits = {
  labelCharactersMax: 100,
  correctionCharactersMax: 8_000,
  perWorkspaceMax: 10_000,
  keptDays: 90,
} as const;

/** Bounds of an operator's policy on what is written, and of what of an answer is held back to be checked as one. */
export const safetyLimits = {
  fileBytesMax: mebibyte,
  termsMax: 1_000,
  termCharactersMax: 64,
  systemPromptCharactersMax: 2_000,
  stretchCharactersMax: 400,
  checkTimeoutMs: 10 * secondMs,
} as const;

/** How long the stages may take. A hold outlives the slowest request by far, so that a live one never loses it. */
export const pipelineLimits = {
  holdMs: 60 * secondMs,
  requestTimeoutMs: 30 * secondMs,
  /** A call that would wait longer for the model than this is told at once to come back. */
  modelWaitMsMax: 5 * secondMs,
  /** How long a request waits for others' holds to be settled when the rest of the quota is held. */
  heldQuotaWaitMs: 3 * secondMs,
  admitQueueMax: 4_096,
  admitBatchMax: 256,
  /** A request of so many items may run before it is admitted, where its key was let through a moment ago. */
  assumedItemsMax: 32,
  settleBatchMax: 256,
  modelQueueItemsMax: 4_096,
  /** Of one workspace: more than a request may have, and room for others when one floods. */
  modelLaneItemsMax: 3_072,
} as const;

/** How a gateway stops: what is in flight may take its whole time, unless DRAIN_MS gives it less. */
export const drainLimits = {
  /** Fetching and running, or a text that somebody reads slowly. */
  slowestMs: Math.max(
    outboundLimits.timeoutMs + pipelineLimits.requestTimeoutMs,
    generationLimits.firstEventTimeoutMs + generationLimits.timeoutMs + generationLimits.stalledReaderMs,
  ),
  /** Once texts were ended where they were, for their last events to be read. */
  lastEventsMs: 3 * secondMs,
  /** For what was cut off then to be billed, and for all that is to be closed. */
  closeMs: 7 * secondMs,
} as const;

/** Token buckets in memory or in rate_buckets: `capacity` calls, refilled evenly over `windowMs`. */
export const rateLimits = {
  /** Keys that are malformed or whose checksum is wrong, by address, in the gateway's memory. */
  malformedKeysByAddress: { capacity: 30, windowMs: minuteMs },
  /** Origins that a browser asks about without a key, in the gateway's memory. */
  originLookUpsByAddress: { capacity: 60, windowMs: minuteMs },
  signUpByAddress: { capacity: 10, windowMs: hourMs },
  signInByAddress: { capacity: 30, windowMs: 10 * minuteMs },
  signInByEmail: { capacity: 10, windowMs: 10 * minuteMs },
  mailLinkByEmail: { capacity: 3, windowMs: hourMs },
  mailLinkByAddress: { capacity: 10, windowMs: hourMs },
  /** Tokens for the landing page's demo, one a page that asks; what all of an address may ask is bounded by demoLimits. */
  demoTokenByAddress: { capacity: 30, windowMs: 10 * minuteMs },
  /** Tokens of the console's pages, one a page that calls; what one may call is bounded by the plan. */
  playgroundTokenByUser: { capacity: 30, windowMs: 10 * minuteMs },
  /** Each call inside a tRPC batch counts. */
  rpcByAddress: { capacity: 600, windowMs: minuteMs },
  rpcBySession: { capacity: 600, windowMs: minuteMs },
  /** Test events and replays: what members have us send. */
  webhookSendsByWorkspace: { capacity: 60, windowMs: minuteMs },
} as const satisfies Record<string, RateLimit>;

export interface RateLimit {
  readonly capacity: number;
  readonly windowMs: number;
}
export type RateLimitName = keyof typeof rateLimits;

/** Bounds of one request to the control plane's tRPC door. */
export const rpcLimits = { bodyBytesMax: 256 * kibibyte, batchCallsMax: 100 } as const;

export const sessionLimits = {
  lifetimeMs: 30 * dayMs,
  touchEveryMs: minuteMs,
  userAgentCharactersMax: 200,
} as const;
export const mailLinkLimits = { confirmAddressMs: dayMs, resetPasswordMs: hourMs } as const;

/** The landing page's demo: each visitor's address has a bucket of its own inside the house workspace. */
export const demoLimits = {
  tokenLifetimeMs: 10 * minuteMs,
  requestsPerMinute: 20,
  unitsPerMinute: 4_000,
} as const;

/** The console's pages call the API as the member who is there, for as long as nobody has to notice a renewal. */
export const playgroundLimits = { tokenLifetimeMs: 15 * minuteMs } as const;

export const apiKeyLimits = {
  perWorkspaceMax: 200,
  nameCharactersMax: 60,
  lifetimeDaysMax: 3_650,
  /** Entries of each list that restricts a key. */
  modelsMax: 50,
  addressesMax: 50,
  originsMax: 20,
  originCharactersMax: 253,
  /** A gateway keeps so long whether some key names an origin. */
  originsKeptMs: 10 * secondMs,
  /** An answer waits no longer for it: it was billed already. */
  originLookUpMs: 2 * secondMs,
  /** How long a secret that was replaced may go on working. */
  overlapHoursMax: 30 * 24,
} as const;
/** Of a month, in micro-USD: far above what anybody spends, far below what a number in JavaScript holds. */
export const budgetLimits = { microUsdMax: 1_000_000_000_000, alertEveryMs: 30 * secondMs } as const;
export const accountLimits = { emailCharactersMax: 254, nameCharactersMax: 80 } as const;
/** A free workspace carries a free quota, so nobody may own any number of them. */
export const workspaceLimits = { ownedPerUserMax: 10, nameCharactersMax: 60 } as const;
/** scrypt takes 128 MiB a hash: so many at once, so many more waiting, the rest is told to come back. */
export const passwordHashLimits = { concurrentMax: 2, waitingMax: 64 } as const;
export const passwordLimits = {
  charactersMin: 10,
  charactersMax: 128,
  zxcvbnScoreMin: 3,
  /** zxcvbn takes half a second for 128 characters, and what its first half is worth, the whole is worth at least. */
  zxcvbnCharactersMax: 64,
} as const;

/** The background process's own rhythm. */
export const backgroundLimits = {
  concurrentJobsMax: 4,
  reapHoldsEveryMs: 10 * secondMs,
  dispatchEventsEveryMs: secondMs,
  eventsDispatchedAtOnce: 50,
  /** A delivery that nobody began for so long has lost its job, with the process that had it. */
  deliveryOverdueMs: 2 * minuteMs,
  /** The queue's workers have looked for their first job by then, or the process ends. */
  startMs: 15 * secondMs,
  drainMs: 25 * secondMs,
} as const;

/** A request that is sent again with the same Idempotency-Key is not run again for so long. */
export const idempotencyLimits = {
  charactersMax: 255,
  lifetimeMs: dayMs,
  /** Longer than the longest request, a stream, with the time for its settlement. */
  claimMs: 5 * minuteMs,
  connectionsMax: 2,
  /** A connection that went silent keeps a call no longer than this. */
  queryTimeoutMs: 5 * secondMs,
} as const;

/** Bounds of what a key may read of its workspace's usage, and of what that may take of the database. */
export const usageLimits = {
  /** Longest period by the hour, and otherwise. */
  hourlyDaysMax: 31,
  daysMax: 366,
  rowsMax: 1_000,
  rowsDefault: 100,
  cursorCharactersMax: 600,
  readTimeoutMs: 5 * secondMs,
  connectionsMax: 2,
} as const;

/** Bounds of what a workspace keeps in files. */
export const fileLimits = {
  bytesMax: 100 * mebibyte,
  uploadTimeoutMs: 75 * secondMs,
  downloadTimeoutMs: 10 * minuteMs,
  workspaceBytesMax: 1024 * mebibyte,
  workspaceFilesMax: 1_000,
  filenameCharactersMax: 200,
  fieldBytesMax: 4 * kibibyte,
  fieldsMax: 16,
  lifetimeMs: 30 * dayMs,
  /** The shortest that may be asked for. */
  lifetimeMinMs: hourMs,
  /** Of the form around the file. */
  formBytesMax: 64 * kibibyte,
  /** Streams of files that a gateway writes at the same time: of all workspaces, and of one, so that none has them all. */
  uploadsAtOnceMax: 8,
  uploadsAtOncePerWorkspaceMax: 4,
  /** A download of which nothing is taken for so long is cut: it keeps a file open. */
  stalledDownloadMs: 30 * secondMs,
  pageDefault: 100,
  /** As OpenAI has it: more than a workspace has. */
  pageMax: 10_000,
  /** For what calls write down beside the ledger: files, batches, feedback. */
  connectionsMax: 3,
} as const;

/** Bounds of a batch, and of what its lines may take beside live calls. */
export const batchLimits = {
  linesMax: 50_000,
  lineBytesMax: imageLimits.bodyBytesMax,
  customIdCharactersMax: 200,
  metadataPairsMax: 16,
  metadataCharactersMax: 512,
  errorsMax: 50,
  openPerWorkspaceMax: 20,
  windowMs: dayMs,
  /** Lines under way while no live call is, and while one is. */
  linesAtOnceIdle: 4,
  linesAtOnceBusy: 1,
  /** Lines that are begun with one statement, and the bytes of them that are kept in memory. */
  chunkLinesMax: 64,
  chunkBytesMax: 32 * mebibyte,
  /** Answers that are written together. */
  flushEveryMs: 500,
  /** Others' batches are looked after in turn. */
  turnMs: 30 * secondMs,
  lookEveryMs: secondMs,
  /** Of a line that fails on our side; between two of them three times the time before, and the longest in an outage. */
  triesMax: 8,
  lineRetryFirstMs: secondMs,
  lineRetryLongestMs: hourMs,
  /** A batch that is refused waits twice as long each time, until a line goes through. */
  refusedFirstMs: secondMs / 10,
  refusedLongestMs: 30 * secondMs,
  /** Where only a place is missing, which may be free any moment. */
  placeLongestMs: secondMs,
  /** One that would wait longer gives its turn away. */
  setAsideMs: 5 * secondMs,
  /** What takes longer was no refusal: the model did not manage the line. */
  refusalMsMax: pipelineLimits.requestTimeoutMs / 2,
  /** Each wait is drawn from so much around it. */
  jitterShare: 0.2,
  /** Between two tries of what is no line: to write the files, say. */
  failedTurnMs: 10 * secondMs,
  /** Of one batch: a short text may have an answer of many times its size. */
  answerBytesMax: fileLimits.workspaceBytesMax,
  pageDefault: 20,
  pageMax: 100,
  connectionsMax: 4,
  /** Many times what the longest takes, of all lines of a batch: a connection that went silent holds none up. */
  queryTimeoutMs: minuteMs,
} as const;

/** How long rows that no longer mean anything are kept, for whoever wants to see what happened. */
export const retention = {
  expiredShortLivedKeysMs: dayMs,
  endedSessionsMs: 30 * dayMs,
  expiredMailLinksMs: 7 * dayMs,
  unconfirmedUsersMs: 30 * dayMs,
  outboxMailsMs: 7 * dayMs,
  /** With their deliveries: so long an event can be sent again. */
  webhookEventsMs: 30 * dayMs,
  /** Longer than any window above: a bucket that was not touched since is full. */
  rateBucketsMs: dayMs,
  feedbackMs: feedbackLimits.keptDays * dayMs,
  /** As long as the file of its answers, from the same moment on. */
  endedBatchesMs: fileLimits.lifetimeMs,
  /** After the end of the month that they are of. */
  budgetAlertsMs: 30 * dayMs,
  /** Jobs of the queue that were given up: what was to be mailed stands in them, sealed. */
  failedJobsMs: 7 * dayMs,
  /** Bytes without a row: of a process that died between the two. Longer than anything takes to be written. */
  orphanBlobsMs: dayMs,
} as const;
