export { dashboardFiles, type GeneratedFile } from './generated.ts'
export { type AlertRule, alertRules, recordingRules } from './rules/alert-rules.ts'
export { ruleFile } from './rules/rule-file.ts'
export { selector } from './rules/selector.ts'
