// Files that the operating system opens with the installed app (file handlers of the manifest).

interface LaunchQueue {
  setConsumer(take: (launch: { files?: readonly { getFile(): Promise<File> }[] }) => void): void
}

/** Calls `take` with the file that this page was opened for, if there is one; browsers without file handlers have none. */
export function onLaunchedFile(take: (file: File) => void): void {
  const { launchQueue } = globalThis as { launchQueue?: LaunchQueue }
  launchQueue?.setConsumer(({ files }) => {
    const [handle] = files ?? []
    if (handle) void handle.getFile().then(take)
  })
}
