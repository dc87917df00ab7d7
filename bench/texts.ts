/** Sentences as customers send them, of 4 to 40 words. */
export const texts = [
  'Great value for the money.',
  'The delivery was late and nobody answered my calls.',
  'It does what it says, no more and no less.',
  'I have used three of these over the years and this one is by far the worst: it broke on the second day.',
  'An engaging story, beautifully shot, with a lead who carries every scene she is in.',
  'The room was clean but the street below kept us awake until four in the morning on both nights we stayed.',
  'Would buy again.',
  'The manual is only in German, which I do not read, so I still do not know what half of the buttons are for.',
  'Support solved my problem within an hour and followed up the next day to make sure that everything still worked.',
  'Neither funny nor sad, the film drifts for two hours between ideas that it never quite decides to have.',
  'Arrived on Tuesday, in a brown box.',
  'The battery lasts a whole weekend of hiking, which is more than I can say of the one that I had before it.',
  'Not bad, not good.',
  'A waste of an evening and of a very good cast, who deserve a script with at least one line that a person might say.',
  'The new version loads faster, and the search finally finds what I type.',
  'They charged me twice and it took five weeks, nine mails and a letter from my bank before the money was returned.',
] as const;
