# Evaluates a podspec in Ruby, with a stand-in for `Pod::Spec` that knows CocoaPods' attributes: podspec.rb FILE
require 'json'

# What a block sets, by attribute; an attribute that CocoaPods does not have is an error.
class Recorder
  KNOWN = %i[
    name version summary license homepage author source swift_version ios pod_target_xcconfig default_subspecs
  ].freeze
  SUBSPEC = %i[source_files resource_bundles vendored_frameworks frameworks dependency].freeze
  PLATFORM = %i[deployment_target].freeze

  attr_reader :seen, :subspecs

  def initialize(known = KNOWN)
    @known = known
    @seen = {}
    @subspecs = {}
  end

  def subspec(name)
    yield @subspecs[name] = Recorder.new(SUBSPEC)
  end

  def method_missing(name, *values)
    attribute = name.to_s.delete_suffix('=').to_sym
    raise NoMethodError, "CocoaPods knows no attribute `#{attribute}`" unless @known.include?(attribute)

    if name.end_with?('=')
      @seen[attribute] = values.fetch(0)
    elsif attribute == :ios
      @seen[:ios] ||= Recorder.new(PLATFORM)
    elsif values.empty?
      @seen[attribute]
    else
      (@seen[attribute] ||= []) << values
    end
  end

  def respond_to_missing?(*)
    true
  end

  def to_json(*arguments)
    @seen.to_json(*arguments)
  end
end

module Pod
  # The class that a podspec makes one of.
  class Spec
    def self.new
      spec = Recorder.new
      yield spec
      missing = %i[name version summary license homepage author source] - spec.seen.compact.keys
      raise "the podspec lacks #{missing.join(', ')}" unless missing.empty?

      # Files as CocoaPods finds them, from the folder of the podspec.
      files = spec.subspecs.transform_values do |subspec|
        Dir.glob(subspec.seen.fetch(:source_files), base: File.dirname(ARGV[0])).sort
      end
      puts JSON.generate(spec: spec, subspecs: spec.subspecs, files: files)
    end
  end
end

load ARGV[0]
