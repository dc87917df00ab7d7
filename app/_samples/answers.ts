/*
 * What the samples answer, as it came from the models that ship. Journeys run the samples and hold what comes back
 * against these, so none of them shows a field that is not there.
 */

export const firstAnswer = `{
  "id": "req_01a219e1f6497b008de2d399410c25f4",
  "object": "sentiment",
  "model": "sentiment-1",
  "data": [
    {
      "index": 0,
      "label": "positive",
      "score": 0.9571449115241369,
      "interval": [0.9291658801802658, 0.9688537171736264],
      "scores": {
        "negative": 0.014606685260168891,
        "neutral": 0.028248403215694065,
        "positive": 0.9571449115241369
      }
    }
  ],
  "usage": {"input_tokens": 3, "units": 3, "price_micro_usd": 3}
}`;

export const imageAnswer = `{
  "id": "req_01a219e1f6c279ed85e0ed7ea7790644",
  "object": "image_classification",
  "model": "image-1",
  "data": [
    {
      "index": 0,
      "label": "tiger cat",
      "score": 0.37208873674630094,
      "interval": null,
      "scores": [
        {"label": "tiger cat", "wordnet_id": "n02123159", "score": 0.37208873674630094},
        {"label": "Egyptian cat", "wordnet_id": "n02124075", "score": 0.3645770958061372},
        {"label": "tabby", "wordnet_id": "n02123045", "score": 0.18324082244817733}
      ]
    }
  ],
  "usage": {"images": 1, "units": 1, "price_micro_usd": 200}
}`;

export const refusalAnswer = `{
  "error": {
    "message": "There is no field abstain.",
    "type": "invalid_request_error",
    "param": "abstain",
    "code": "unknown_field"
  }
}`;

/** The first events of a stream, and its last. */
export const textEvents = `event: started
data: {"id":"req_01a219e2a9d573299dcf8fef119c1d29","object":"text_generation.started","model":"text-1","input_tokens":34,"cached_tokens":33}

event: text
data: {"id":"req_01a219e2a9d573299dcf8fef119c1d29","object":"text_generation.text","index":0,"text":"There"}

event: text
data: {"id":"req_01a219e2a9d573299dcf8fef119c1d29","object":"text_generation.text","index":0,"text":" are"}

…

event: finished
data: {"id":"req_01a219e2a9d573299dcf8fef119c1d29","object":"text_generation.finished","data":[{"index":0,"finish_reason":"stop"}],"usage":{"input_tokens":34,"cached_tokens":33,"output_tokens":12,"units":46,"price_micro_usd":58}}`;
