// The handler of the task: runs wayleave check, and wayleave test if asked, and
// hands the agent their reports. It needs nothing but Node.
//
// The agent gives inputs as INPUT_NAME and a folder as AGENT_TEMPDIRECTORY;
// arguments reach the program one by one and are never evaluated.
'use strict'
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const input = (name, otherwise = '') => (process.env['INPUT_' + name.toUpperCase()] ?? otherwise).trim()
const lines = text => text.split(/\r?\n/).map(line => line.trim()).filter(line => line !== '')

// Data and properties of a command to the agent, so that no text ends them.
const data = text => String(text).replace(/%/g, '%AZP25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
const property = text => data(text).replace(/]/g, '%5D').replace(/;/g, '%3B')
const tell = (command, properties, text = '') => {
  const list = Object.entries(properties).map(([name, value]) => `${name}=${property(value)};`).join('')
  process.stdout.write(`##vso[${command}${list ? ' ' + list : ''}]${data(text)}\n`)
}

const program = input('program', 'wayleave') || 'wayleave'
const paths = lines(input('paths', '.'))
const out = path.join(process.env.AGENT_TEMPDIRECTORY || process.cwd(), 'wayleave-out')
fs.mkdirSync(out, { recursive: true })

const run = (...args) => {
  const done = spawnSync(program, args, { stdio: 'inherit' })
  if (done.error) {
    tell('task.logissue', { type: 'error' }, `cannot run ${program}: ${done.error.message}; install wayleave in a step before, or name it with program`)
    return 3
  }
  return done.status ?? 3
}
const report = name => path.join(out, name)

let status = run('check', ...lines(input('arguments')), ...paths,
  '--report', `junit=${report('check.xml')}`, '--report', `html=${report('check.html')}`, '--report', `markdown=${report('check.md')}`)
if (input('test').toLowerCase() === 'true') {
  const tested = run('test', ...paths, '--report', `junit=${report('test.xml')}`, '--report', `html=${report('test.html')}`)
  status = status || tested
}

const results = ['check.xml', 'test.xml'].map(report).filter(file => fs.existsSync(file))
if (results.length > 0) {
  tell('results.publish', { type: 'JUnit', mergeResults: 'false', runTitle: 'wayleave', publishRunAttachments: 'false', resultFiles: results.join(',') })
}
if (fs.existsSync(report('check.md'))) {
  tell('task.uploadsummary', {}, report('check.md'))
}
const artifact = input('artifact', 'wayleave')
if (artifact !== '' && results.length > 0) {
  tell('artifact.upload', { containerfolder: artifact, artifactname: artifact }, out)
}
const meaning = { 0: 'everything needed is allowed', 1: 'something fails', 2: 'the command line is wrong', 3: 'an input could not be read', 4: 'nothing fails, but something is undecided' }
tell('task.complete', { result: status === 0 ? 'Succeeded' : 'Failed' }, meaning[status] ?? `exit status ${status}`)
