// File URIs as different programs write them: `file:///c%3A/x y.py` and `file:///C:/x%20y.py` are one file.

/** The form in which two URIs of one file are equal. */
export function sameForm(uri: string): string {
  let text: string;
  try {
    text = decodeURIComponent(uri);
  } catch {
    text = uri;
  }
  return text.replace(/^file:\/\/(localhost)?\/([A-Za-z]):/, (_all, _host, drive: string) => `file:///${drive.toLowerCase()}:`);
}

export const sameUri = (a: string, b: string): boolean => sameForm(a) === sameForm(b);
