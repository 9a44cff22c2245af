/** Makes a picture of a drawing. */
export interface Painter {
  /**
   * PNG of an SVG, 1,080 px wide, off the event loop. May be repeated.
   * @throws Error when the drawing cannot be read.
   */
  paint(svg: string): Promise<Buffer>;
}
