# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The durable memory of a sync: keys, fingerprints, stamps, consent decisions; never names or addresses."""
