# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0

"""Keep a marketing platform in step with an ERP or CRM, inside Apache Airflow.

Nothing of Airflow is imported here: Airflow loads this module while its own configuration is half built.
"""

__version__ = "0.1.0"
