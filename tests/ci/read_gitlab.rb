# SPDX-License-Identifier: MIT
# As GitLab reads a JUnit file, as JSON: Hash.from_xml of ActiveSupport, in
# which one child is a hash and several are an array, and an element with a text
# is that text, whatever attributes it has.
require 'json'
require 'active_support'
require 'active_support/core_ext/hash/conversions'

def each_of(value)
  value.nil? ? [] : value.is_a?(Array) ? value : [value]
end

def case_of(data)
  seen = { classname: data['classname'], name: data['name'],
           file: data['file'], line: data['line'], time: data['time'].to_f,
           out: data['system_out'], problem: nil }
  %w[failure error].each do |kind|
    next unless data.key?(kind)
    seen[:problem] = { kind: kind, text: data[kind] }
    attachment = data['system_out'].match(/\[\[ATTACHMENT\|(.+?)\]\]/)
    seen[:attachment] = attachment && attachment[1]
  end
  all = data['properties'] && data['properties']['property']
  seen[:properties] = each_of(all).map { |p| [p['name'], p['value']] }.to_h
  seen
end

root = Hash.from_xml(File.read(ARGV[0]))['testsuites']
puts(JSON.generate(each_of(root['testsuite']).map do |suite|
  { name: suite['name'], tests: suite['tests'].to_i,
    failures: suite['failures'].to_i, errors: suite['errors'].to_i,
    cases: each_of(suite['testcase']).map { |one| case_of(one) } }
end))
