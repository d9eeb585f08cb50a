"""chaostoolkit-aws against moto's server."""

from cases import action, experiment, probe
from peers.case import PeerCase, python
from peers.servers import Aws

SERVERS = (Aws,)
BLUE = [{"Name": "tag:team", "Values": ["blue"]}]
VOLATILE = ("InstanceId", "RequestId", "HostId", "date", "server", "LaunchTime", "AttachTime", "ReservationId", "x-amz-request-id",
            "x-amzn-requestid", "content-length", "UsageOperationUpdateTime", "CreateDate", "UpdateDate",
            "StateTransitionReason")


def cases(server):
    def case(name, method=(), probes=None, **more):
        secrets = {"aws": {"aws_access_key_id": "AKIA-PEERS-0001",
                           "aws_secret_access_key": {"type": "env", "key": "PEER_AWS_SECRET"}}}
        at = more.pop("configuration", {"aws_region": "us-east-1"})
        env = {"AWS_ENDPOINT_URL": server.url, "PEER_AWS_SECRET": "Aw5-Secret-2718", "AWS_EC2_METADATA_DISABLED": "true"}
        doc = experiment(method, probes, configuration=at, secrets=secrets)
        return PeerCase(f"aws {name}", doc, rows=frozenset({"R04"}), volatile=VOLATILE, env=env, **{"ends": "completed", **more})

    def do(func, /, **arguments):
        return action(func, python(f"chaosaws.{func}", secrets=["aws"], **arguments))

    def look(func, /, tolerance=None, **arguments):
        more = {} if tolerance is None else {"tolerance": tolerance}
        return probe(func, python(f"chaosaws.{func}", secrets=["aws"], **arguments), **more)

    thing = {"bucket_name": "kept", "object_key": "thing"}
    has = look("s3.probes.object_exists", **thing)
    yield case("deletes an object", [has, do("s3.actions.delete_object", **thing), has],
               [look("s3.probes.bucket_exists", True, bucket_name="kept")], short=True)
    yield case("misses a bucket", [], [look("s3.probes.bucket_exists", True, bucket_name="gone")], ends="not met")
    yield case("deletes in no bucket", [do("s3.actions.delete_object", bucket_name="gone", object_key="x")], short=True)
    status = look("s3.probes.versioning_status", bucket_name="kept", status="Enabled")
    yield case("toggles versions", [status, do("s3.actions.toggle_versioning", bucket_name="kept", status="Enabled"),
                                    status])
    yield case("describes machines, dates and all", [look("ec2.probes.describe_instances", filters=BLUE)], short=True)
    yield case("counts reservations", [], [look("ec2.probes.count_instances", 1, filters=BLUE)])
    yield case("counts too few", [], [look("ec2.probes.count_min_instances", True, filters=BLUE, min_count=3)],
               ends="not met")
    stop = do("ec2.actions.stop_instances", filters=BLUE)
    state = look("ec2.probes.instance_state", state="stopped", filters=BLUE)
    yield case("stops machines and starts them", [stop, state, do("ec2.actions.start_instances", filters=BLUE), state])
    yield case("restarts machines", [do("ec2.actions.restart_instances", filters=BLUE)])
    yield case("terminates machines", [do("ec2.actions.terminate_instances", filters=BLUE),
                                       look("ec2.probes.count_instances", filters=BLUE)])
    yield case("stops none", [do("ec2.actions.stop_instances", filters=[{"Name": "tag:team", "Values": ["red"]}])])
    yield case("tags machines", [do("ec2.actions.set_tags_on_instances", tags="a=b", filters=BLUE),
                                 look("ec2.probes.count_instances", filters=[{"Name": "tag:a", "Values": ["b"]}])])
    yield case("pauses", [action("pause", python("chaosaws.ec2.actions.pause_for_a_while", duration=0.1))])
    put = do("ssm.actions.put_parameter", name="/a", value="b", type="String")
    yield case("is refused a parameter", [put])
    rule = {"rule_name": "nightly"}
    yield case("makes a rule and takes it away", [
        do("cloudwatch.actions.put_rule", schedule_expression="rate(5 minutes)", **rule),
        do("cloudwatch.actions.disable_rule", **rule), do("cloudwatch.actions.enable_rule", **rule),
        do("cloudwatch.actions.delete_rule", **rule)])
    yield case("looks at no alarm", [look("cloudwatch.probes.get_alarm_state_value", alarm_name="none")])
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    yield case("makes a policy", [do("iam.actions.create_policy", name="p", policy=policy),
                                  look("iam.probes.get_policy", arn="arn:aws:iam::123456789012:policy/p")])
    yield case("is told no region", [has], configuration={})
    yield case("reads no secrets", [probe("p", python("chaosaws.s3.probes.bucket_exists", bucket_name="kept"))],
               configuration={"aws_region": "us-east-1", "aws_profile_name": "nobody"})
