// Client ids live on the device: no server renders this page, the shell does.
export const prerender = false
export const ssr = false
