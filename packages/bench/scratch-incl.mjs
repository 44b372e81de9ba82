import fs from 'node:fs'
const p = JSON.parse(fs.readFileSync('/tmp/open.cpuprofile', 'utf8'))
const byId = new Map(p.nodes.map((n) => [n.id, n]))
const parent = new Map(); for (const n of p.nodes) for (const c of n.children ?? []) parent.set(c, n.id)
const name = (n) => `${n.callFrame.functionName} ${n.callFrame.url.split('/').slice(-1)}:${n.callFrame.lineNumber}`
const incl = new Map()
for (let i = 0; i < p.samples.length; i++) { const seen = new Set(); let id = p.samples[i]; const dt = p.timeDeltas[i] / 1000; while (id) { const k = name(byId.get(id)); if (!seen.has(k)) { seen.add(k); incl.set(k, (incl.get(k) ?? 0) + dt) } id = parent.get(id) } }
console.log([...incl].sort((a, b) => b[1] - a[1]).slice(0, 45).map(([k, v]) => v.toFixed(1).padStart(8) + ' ' + k).join('\n'))
// gc by parent
