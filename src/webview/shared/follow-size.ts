/** An element's own size, watched for as long as it stands on a page. */
import type { ReactiveControllerHost } from 'lit';

/** @param onResize called once when the element is connected, and after every change of its size */
export function followSize(
  host: ReactiveControllerHost & Element,
  onResize: (entry: ResizeObserverEntry | undefined) => void,
): void {
  let observer: ResizeObserver | undefined;
  host.addController({
    hostConnected: () => {
      observer = new ResizeObserver(([entry]) => onResize(entry));
      observer.observe(host);
    },
    hostDisconnected: () => observer?.disconnect(),
  });
}
