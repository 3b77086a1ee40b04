/** Resource types that one machine leaves out, each with its reason. Any other unknown type is an error. */

export const deliberatelyIgnored: ReadonlyMap<string, string> = new Map([
  ['AWS::CDK::Metadata', 'says which constructs made the template'],
  ['AWS::IAM::Role', 'what it allows a function is in its policies, which are read; who may take it is not checked'],
  ['AWS::IAM::ManagedPolicy', 'as the roles'],
  ['AWS::IAM::ServiceLinkedRole', 'as the roles'],
  ['AWS::Lambda::Permission', 'as the roles'],
  ['AWS::SQS::QueuePolicy', 'as the roles'],
  ['AWS::SNS::TopicPolicy', 'as the roles'],
  ['AWS::Events::EventBusPolicy', 'as the roles'],
  ['AWS::KMS::Key', 'nothing is encrypted at rest on one machine'],
  ['AWS::KMS::Alias', 'as the keys'],
  ['AWS::Logs::LogGroup', 'log files are bounded by size here; metric filters find their group by its name'],
  ['AWS::Logs::ResourcePolicy', 'as the roles'],
  ['AWS::ApiGateway::Account', 'only lets API Gateway write access logs'],
  ['AWS::CloudWatch::Dashboard', 'a picture; its metrics can be read from the CloudWatch endpoint'],
  ['AWS::WAFv2::WebACL', 'the firewall in front of a public endpoint'],
  ['AWS::WAFv2::WebACLAssociation', 'as the firewall'],
]);
